"""A request of the host, through `wasi:http/types`."""

import asyncio
from typing import Any

import wit_world
from componentize_py_types import Err, Ok
from wit_world.imports import wasi_http_types as types

from ..http import exchange
from ..http.exchange import Disconnected, Headers
from . import calls
from .loop import Loop

#: The largest part of a body that is read at once, in bytes.
PART = 64 * 1024


class Exchange(exchange.Exchange):
    """A request and its response."""

    def __init__(self, request: Any, loop: Loop):
        self._loop = loop
        self.request = _head(request)
        self._handle = request
        self._body: Any = None
        self._trailers: Any = None
        #: The part that is being read. A cancelled reader leaves it to the next one.
        self._reading: asyncio.Task | None = None
        self._is_read = False
        self._writer: Any = None
        #: The part that is being written.
        self._writing: asyncio.Task | None = None
        self._end: Any = None

    async def read(self) -> bytes:
        if self._is_read:
            return b""
        if self._reading is None:
            self._reading = self._loop.create_task(self._read())
        part = await asyncio.shield(self._reading)
        self._reading = None
        return part

    async def _read(self) -> bytes:
        if self._body is None:
            done, reader = _unit_future(lambda: Ok(None))
            self._body, self._trailers = types.Request.consume_body(self._handle, reader)
            self._handle = None
            self._loop.create_task(done.write(Ok(None)))
        while not self._body.writer_dropped:
            if part := await self._body.read(PART):
                return part
        self._is_read = True
        self._body.__exit__(None, None, None)
        if isinstance(await self._trailers.read(), Err):
            raise Disconnected("the client sent only a part of the body")
        return b""

    async def start(self, status: int, headers: Headers, has_body: bool) -> None:
        if not 200 <= status <= 599:
            raise ValueError(f"{status} is not the status of a response; use one from 200 to 599")
        try:
            entries = [(name.decode("latin-1"), value) for name, value in headers]
            fields = types.Fields.from_list(entries)
        except Err as error:
            reason = type(error.value).__name__.removeprefix("HeaderError_")
            message = f"the headers of the response are not valid ({reason}): {headers!r}"
            raise ValueError(message) from None
        contents = None
        if has_body:
            self._writer, contents = wit_world.byte_stream()
        self._end, trailers = _trailers_future(lambda: Ok(None))
        response, sent = types.Response.new(fields, contents, trailers)
        response.set_status_code(status)
        sent.__exit__(None, None, None)
        self.is_started = True
        calls.answer(response)

    async def write(self, data: bytes) -> None:
        # A cancelled task must not leave a part half written. Its rest comes before the next part.
        if self._writing is not None:
            await asyncio.shield(self._writing)
        self._writing = self._loop.create_task(self._writer.write_all(data))
        await asyncio.shield(self._writing)
        self._writing = None
        if self._writer.reader_dropped:
            raise Disconnected("the client no longer reads the response")

    async def finish(self, is_complete: bool) -> None:
        if self._end is None:
            return
        if self._writing is not None:
            await asyncio.shield(self._writing)
        if self._writer is not None:
            self._writer.__exit__(None, None, None)
        trailers = Ok(None) if is_complete else Err(types.ErrorCode_HttpResponseIncomplete())
        self._loop.create_task(self._end.write(trailers))
        self._end = None


def _head(request: Any) -> exchange.Request:
    method, scheme = request.get_method(), request.get_scheme()
    headers = request.get_headers().copy_all()
    return exchange.Request(
        _name(method, "Method_"),
        _name(scheme, "Scheme_").lower() if scheme is not None else "http",
        request.get_authority() or "",
        request.get_path_with_query() or "/",
        [(name.lower().encode("latin-1"), value) for name, value in headers],
    )


def _name(case: Any, prefix: str) -> str:
    """Returns the text of a case of `method` or `scheme`."""
    name = type(case).__name__.removeprefix(prefix)
    return case.value if name == "Other" else name.upper()


_unit_future = wit_world.result_unit_wasi_http_types_error_code_future
_trailers_future = wit_world.result_option_wasi_http_types_fields_wasi_http_types_error_code_future
