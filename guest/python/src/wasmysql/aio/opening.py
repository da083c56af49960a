"""Calls that open something: they can be awaited, or used with `async with`."""

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Opening(Generic[T]):
    """`value = await opening`, or `async with opening as value`, which closes the value."""

    __slots__ = ("_open", "_value")

    def __init__(self, open: Callable[[], Coroutine[Any, Any, T]]):
        self._open = open
        self._value: Any = None

    def __await__(self) -> Generator[Any, None, T]:
        return self._open().__await__()

    async def __aenter__(self) -> T:
        self._value = await self._open()
        return await self._value.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._value.__aexit__(kind, error, traceback)
