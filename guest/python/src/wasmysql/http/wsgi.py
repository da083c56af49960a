"""Runs applications of WSGI. Source: PEP 3333."""

import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from .exchange import Disconnected, Exchange, Headers, Request
from .response import Response

T = TypeVar("T")

#: Runs an awaitable to its end. While the application runs, no event loop does.
Wait = Callable[[Awaitable[T]], T]


def run(app: Callable[..., Any], exchange: Exchange, response: Response, wait: Wait) -> None:
    """Calls the application for a request. Raises its exception."""
    environ = _environ(exchange.request, wait(exchange.read_all()))
    written: list[bytes] = []

    def start_response(
        status: str, headers: Iterable[tuple[str, str]], error: Any = None
    ) -> Callable[[bytes], None]:
        if error is not None and response.is_started:
            raise error[1].with_traceback(error[2])
        if error is None and response.has_head:
            raise AssertionError("the application called start_response twice")
        response.set_head(int(status.partition(" ")[0]), _encode(headers))
        return written.append

    def send(part: bytes, is_last: bool) -> None:
        if not response.has_head:
            raise AssertionError("the application did not call start_response")
        data = b"".join([*written, part])
        written.clear()
        wait(response.send(data, is_last))

    parts = app(environ, start_response)
    try:
        if isinstance(parts, (list, tuple)):
            send(b"".join(parts), True)
            return
        for part in parts:
            send(part, False)
        send(b"", True)
    except Disconnected:
        return
    finally:
        if close := getattr(parts, "close", None):
            close()


def _environ(request: Request, body: bytes) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    host, port = request.server
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        # PEP 3333: texts contain one character for each byte.
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": request.authority,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        # `x_a` would get the key of `x-a`, which a proxy may have checked.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key == "CONTENT_LENGTH":
            continue
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        known = environ.get(key)
        # Several values of a header are one list; cookies have a separator of their own.
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = text if known is None or key == "HTTP_HOST" else f"{known}{separator}{text}"
    return environ


def _encode(headers: Iterable[tuple[str, str]]) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
