"""Handles of the contract's resources.

A handle is dropped as soon as it is of no more use, because the host limits their number. A handle
must not be dropped while a call uses it: the plugin would trap. So a drop waits for the last call.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from .. import errors
from .._contract import Err
from .._error_codes import exception


class Handle:
    """A resource of the contract, and the number of its calls in flight."""

    __slots__ = ("_calls", "_dropped", "_name", "_resource")

    def __init__(self, resource: Any, name: str):
        self._resource = resource
        #: What the resource is, for errors.
        self._name = name
        self._calls = 0
        self._dropped = False

    @property
    def is_dropped(self) -> bool:
        return self._dropped

    @property
    def resource(self) -> Any:
        """The resource, for functions that never wait."""
        if self._dropped:
            raise errors.closed(f"the {self._name} is closed")
        return self._resource

    async def call(self, method: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        """Calls an `async` method of the resource. Its errors become exceptions."""
        if self._dropped:
            raise errors.closed(f"the {self._name} is closed")
        self._calls += 1
        try:
            return await method(self._resource, *arguments)
        except Err as error:
            record = error.value
        finally:
            self._calls -= 1
            if self._dropped and not self._calls:
                self._release()
        raise exception(record)

    async def close(self, method: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        """Calls the method that closes the resource, once, and drops the handle."""
        if self._dropped:
            return
        try:
            await self.call(method)
        finally:
            self.drop()

    def drop(self) -> None:
        """Drops the handle, after its last call."""
        if self._dropped:
            return
        self._dropped = True
        if not self._calls:
            self._release()

    def _release(self) -> None:
        resource, self._resource = self._resource, None
        resource.__exit__(None, None, None)
