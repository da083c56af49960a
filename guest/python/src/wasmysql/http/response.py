"""The response of an application: its head waits for the first part of its body."""

from .exchange import Exchange, Headers


class Response:
    """Sends the response of one exchange.

    If the first part of the body is the last one too, the response has a `content-length`.
    """

    def __init__(self, exchange: Exchange):
        self._exchange = exchange
        self._head: tuple[int, Headers] | None = None
        #: Whether the client has received the head, which can then no longer be replaced.
        self.is_started = False
        self.is_finished = False

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
            status, headers = self._head or (500, [])
            has_body = bool(part) or not is_last
            if is_last and has_body and not any(name == b"content-length" for name, _ in headers):
                headers = [*headers, (b"content-length", b"%d" % len(part))]
            await self._exchange.start(status, headers, has_body)
            self.is_started = True
        if part:
            await self._exchange.write(part)
        if is_last:
            await self.finish(True)

    async def finish(self, is_complete: bool) -> None:
        """Ends the response, once."""
        if not self.is_finished:
            self.is_finished = True
            await self._exchange.finish(is_complete)
