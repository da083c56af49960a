"""Runs applications of ASGI 3. Source: https://asgi.readthedocs.io, version 2.4 of HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from .exchange import Disconnected, Exchange, Headers, Request
from .response import Response

VERSION = {"version": "3.0", "spec_version": "2.4"}

#: Headers that the connection has, and not the application.
OF_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"}


async def run(
    app: Callable[..., Any], exchange: Exchange, response: Response, state: dict[str, Any]
) -> None:
    """Calls the application for a request. Raises its exception."""
    conversation = _Conversation(exchange, response)
    try:
        await app(_scope(exchange.request, state), conversation.receive, conversation.send)
    except Disconnected:
        return
    finally:
        conversation.end.set()
    if not response.is_finished and not conversation.is_disconnected:
        raise RuntimeError("the application returned without a complete response")


def _scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    host, port = request.server
    headers = request.headers
    if request.authority and request.header(b"host") is None:
        headers = [(b"host", request.authority.encode("latin-1", "replace")), *headers]
    return {
        "type": "http",
        "asgi": VERSION,
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "server": (host, int(port)),
        "client": None,
        "state": dict(state),
        "extensions": {},
    }


class _Conversation:
    """The messages of one request."""

    def __init__(self, exchange: Exchange, response: Response):
        self._exchange, self._response = exchange, response
        self._is_read = False
        self.is_disconnected = False
        #: Set when no further message is expected.
        self.end = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._is_read:
            await self.end.wait()
            return {"type": "http.disconnect"}
        try:
            part = await self._exchange.read()
        except Disconnected:
            self._is_read = True
            self._disconnect()
            return {"type": "http.disconnect"}
        self._is_read = not part
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def send(self, message: dict[str, Any]) -> None:
        response = self._response
        if self.is_disconnected:
            raise Disconnected("the client no longer reads the response")
        if response.is_finished:
            raise RuntimeError("the response is complete; the application sent another message")
        match message["type"]:
            case "http.response.start" if not response.has_head:
                status = message["status"]
                response.set_head(status, _headers(message.get("headers", ())))
            case "http.response.body" if response.has_head:
                is_last = not message.get("more_body", False)
                try:
                    await response.send(bytes(message.get("body", b"")), is_last)
                except Disconnected:
                    self._disconnect()
                    raise
                if is_last:
                    self.end.set()
            case other:
                raise RuntimeError(f"the application sent {other!r} at the wrong time")

    def _disconnect(self) -> None:
        self.is_disconnected = True
        self.end.set()


def _headers(headers: Any) -> Headers:
    lower = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    return [(name, value) for name, value in lower if name not in OF_CONNECTION]
