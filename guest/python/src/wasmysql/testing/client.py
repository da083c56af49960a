"""A client that calls an application of ASGI or WSGI directly, without a network."""

import asyncio
import json as json_module
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from ..http import Application, Disconnected, Exchange, Request
from ..http.exchange import Headers


class Response:
    """The response that an application has sent."""

    def __init__(self) -> None:
        self.status = 0
        #: The headers by their names in lower case. Several values of a header are one list.
        self.headers: dict[str, str] = {}
        self.body = b""
        #: Whether the application has sent the response to its end.
        self.is_complete = False

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as a value of JSON."""
        return json_module.loads(self.body)


class Client:
    """Calls an application in a test.

    ```python
    async def test_people_are_listed(conn):
        response = await Client(app).get("/people")
        assert (response.status, response.json()) == (200, [])
    ```

    An exception of the application is a response with the status 500, as in `wasmysql serve`, and
    its traceback is printed.
    """

    def __init__(self, app: Callable[..., Any], authority: str = "localhost"):
        self._application = Application(app)
        self._authority = authority

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: Iterable[tuple[str, str]] | dict[str, str] = (),
        body: bytes | Iterable[bytes] = b"",
        json: Any = None,
    ) -> Response:
        """Sends a request and returns the response.

        `target` is the path with the query, percent-encoded. `body` can be parts that the
        application receives one after the other. `json` is a value to send as the body.
        """
        pairs = list(headers.items() if isinstance(headers, dict) else headers)
        if json is not None:
            body = json_module.dumps(json).encode()
            pairs.append(("content-type", "application/json"))
        if isinstance(body, bytes) and body:
            pairs.append(("content-length", str(len(body))))
        head = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
        request = Request(method, "http", self._authority, target, head)
        exchange = _Exchange(request, [body] if isinstance(body, bytes) else list(body))
        if self._application.is_asgi:
            await self._application.handle_async(exchange)
        else:
            self._application.handle(exchange, _run)
        return exchange.response

    async def get(self, target: str, **others: Any) -> Response:
        """Sends a request of this method. The arguments are those of `request`."""
        return await self.request("GET", target, **others)

    async def post(self, target: str, **others: Any) -> Response:
        """Sends a request of this method. The arguments are those of `request`."""
        return await self.request("POST", target, **others)

    async def put(self, target: str, **others: Any) -> Response:
        """Sends a request of this method. The arguments are those of `request`."""
        return await self.request("PUT", target, **others)

    async def patch(self, target: str, **others: Any) -> Response:
        """Sends a request of this method. The arguments are those of `request`."""
        return await self.request("PATCH", target, **others)

    async def delete(self, target: str, **others: Any) -> Response:
        """Sends a request of this method. The arguments are those of `request`."""
        return await self.request("DELETE", target, **others)


class _Exchange(Exchange):
    """An exchange in memory."""

    def __init__(self, request: Request, parts: list[bytes]):
        self.request, self.response = request, Response()
        self._parts = [part for part in parts if part]

    async def read(self) -> bytes:
        return self._parts.pop(0) if self._parts else b""

    async def start(self, status: int, headers: Headers, has_body: bool) -> None:
        self.is_started = True
        self.response.status = status
        found = self.response.headers
        for name, value in headers:
            name, text = name.decode("latin-1"), value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text

    async def write(self, data: bytes) -> None:
        if self.response.is_complete:
            raise Disconnected("the response is complete")
        self.response.body += data
        # Other tasks run here too if a real client receives the part.
        await asyncio.sleep(0)

    async def finish(self, is_complete: bool) -> None:
        self.response.is_complete = is_complete


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine of an exchange in memory, which waits for nothing."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value
