"""The response of an application: its head waits for the first part of its body."""

from .exchange import Exchange, Headers

#: The statuses of responses that have no body.
WITHOUT_BODY = (204, 205, 304)

#: The status for a request that its client did not send to its end.
BAD_REQUEST = 400


class Response:
    """Sends the response of one exchange.

    If the first part of the body is the last one too, the response has a `content-length`.
    """

    def __init__(self, exchange: Exchange):
        self._exchange = exchange
        self._head: tuple[int, Headers] | None = None
        #: The rest of the body that the head promised, in bytes; None if it promised no length.
        self._rest: int | None = None
        #: Whether the client has received the head, which can then no longer be replaced.
        self.is_started = False
        self.is_finished = False
        #: Whether parts of the body are sent.
        self._has_body = True

    @property
    def has_head(self) -> bool:
        return self._head is not None

    def set_head(self, status: int, headers: Headers) -> None:
        """Sets the head. It is sent with the first part of the body."""
        self._head = status, headers

    async def send(self, part: bytes, is_last: bool) -> None:
        """Sends a part of the body, which can be empty."""
        if not self.is_started:
            if not (part or is_last):
                return
            await self._start(part, is_last)
        if self._rest is not None:
            self._rest -= len(part)
            if self._rest < 0 or (is_last and self._rest):
                raise RuntimeError(
                    "the body of the response does not have the size of its content-length: "
                    f"{abs(self._rest)} bytes are {'missing' if self._rest > 0 else 'too many'}"
                )
        if part and self._has_body:
            await self._exchange.write(part)
        if is_last:
            await self.finish(True)

    async def _start(self, part: bytes, is_last: bool) -> None:
        status, headers = self._head or (500, [])
        self._has_body = status not in WITHOUT_BODY and self._exchange.request.method != "HEAD"
        length = next((value for name, value in headers if name == b"content-length"), None)
        if status in WITHOUT_BODY:
            headers = [(name, value) for name, value in headers if name != b"content-length"]
        elif is_last and part and length is None:
            headers = [*headers, (b"content-length", b"%d" % len(part))]
        has_body = self._has_body and (bool(part) or not is_last)
        await self._exchange.start(status, headers, has_body)
        self.is_started = True
        if self._has_body and length is not None and length.isdigit():
            self._rest = int(length)

    async def give_up(self) -> None:
        """Ends a response that the application did not end, because the client has gone."""
        if not self.is_started:
            self.set_head(BAD_REQUEST, [])
            await self.send(b"", True)
        await self.finish(False)

    async def finish(self, is_complete: bool) -> None:
        """Ends the response, once."""
        if not self.is_finished:
            self.is_finished = True
            await self._exchange.finish(is_complete)
