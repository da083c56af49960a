"""Calls that can be awaited, used with `async with`, and some of them with `async for`."""

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Pending(Coroutine, Generic[T]):
    """A call that has not been awaited. A block of `async with` ends with `leave`.

    It is a coroutine, so that `asyncio.create_task` and `asyncio.gather` accept it.
    """

    __slots__ = ("_call", "_leave", "_value")

    def __init__(self, call: Coroutine[Any, Any, T], leave: Callable[..., Coroutine]):
        self._call, self._leave = call, leave
        self._value: Any = None

    def send(self, value: Any) -> Any:
        return self._call.send(value)

    def throw(self, *error: Any) -> Any:
        return self._call.throw(*error)

    def close(self) -> None:
        self._call.close()

    def __await__(self) -> Generator[Any, None, T]:
        return self._call.__await__()

    async def __aenter__(self) -> T:
        self._value = await self._call
        return self._value

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._leave(self._value, error)


class PendingResult(Pending):
    """A statement that has not been awaited. `async for` iterates over its rows."""

    __slots__ = ()

    def __init__(self, call: Coroutine[Any, Any, Any]):
        super().__init__(call, _close)

    async def __aiter__(self) -> AsyncIterator[Any]:
        result = await self._call
        try:
            async for rows in result.parts():
                for row in rows:
                    yield row
        finally:
            await result.close()


async def _close(result: Any, error: BaseException | None) -> None:
    await result.__aexit__(None, error, None)
