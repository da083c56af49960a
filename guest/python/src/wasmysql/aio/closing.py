"""Objects that `async with` closes."""

from types import TracebackType
from typing import TypeVar

from .. import errors

C = TypeVar("C", bound="Closing")


class Closing:
    """An object that is closed at the end of its block."""

    async def close(self) -> None:
        """Closes the object."""
        raise NotImplementedError

    async def __aenter__(self: C) -> C:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self.close()
        except errors.Error:
            # The exception of the block is the cause.
            if error is None:
                raise
