"""One request and its response, as an application sees them."""

from abc import ABC, abstractmethod
from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]


class Request(NamedTuple):
    """The head of a request."""

    method: str
    #: `http` or `https`.
    scheme: str
    #: The host that the client named, with a port unless it is the default.
    authority: str
    #: The path and the query, as the client sent them.
    target: str
    #: The names are in lower case.
    headers: Headers

    def header(self, name: bytes) -> str | None:
        """Returns the first value of a header."""
        values = (value for found, value in self.headers if found == name)
        return next((value.decode("latin-1") for value in values), None)

    @property
    def server(self) -> tuple[str, str]:
        """The host and the port of the authority."""
        host, _, port = self.authority.rpartition(":")
        if port.isdigit():
            return host, port
        return self.authority, "443" if self.scheme == "https" else "80"

    @property
    def id(self) -> str | None:
        """The id that the host gave the request, which its log contains."""
        return self.header(b"x-request-id")


class Disconnected(OSError):
    """The client no longer reads the response."""


class Exchange(ABC):
    """A request, and the way to send its response."""

    request: Request
    #: Whether the head of the response has been sent.
    is_started = False

    @abstractmethod
    async def read(self) -> bytes:
        """Returns the next part of the request's body; nothing at its end. Cancelling it loses no
        part.

        Raises `Disconnected` if the client has sent only a part of the body.
        """

    @abstractmethod
    async def start(self, status: int, headers: Headers, has_body: bool) -> None:
        """Sends the head of the response.

        Raises `ValueError` for a status or a header that HTTP does not allow. Nothing is sent then.
        """

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Sends a part of the response's body.

        Raises `Disconnected` if the client no longer reads it.
        """

    @abstractmethod
    async def finish(self, is_complete: bool) -> None:
        """Ends the response. The client sees whether it is complete."""

    async def read_all(self) -> bytes:
        """Returns the rest of the request's body."""
        parts = []
        while part := await self.read():
            parts.append(part)
        return b"".join(parts)
