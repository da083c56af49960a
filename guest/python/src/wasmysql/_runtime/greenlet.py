"""The part of greenlet that SQLAlchemy's asyncio extension uses, without switching stacks.

SQLAlchemy runs its synchronous code in a greenlet. Where the code awaits something, greenlet would
suspend it and let the event loop continue. Here, the code is not suspended: the awaitable runs to
its end on the spot. The calls of `wasmysql.dbapi` end without waiting for the event loop. During
all other waits, such as one for a connection of the pool, other tasks run.

The runtime makes this module available as `greenlet` if no greenlet can be imported.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any


class GreenletExit(BaseException):
    """Never raised here."""


class greenlet:  # the name is that of greenlet
    """Runs a function at the first `switch`, to its end."""

    gr_context = None

    def __init__(self, run: Callable[..., Any] | None = None, parent: "greenlet | None" = None):
        self.run, self.parent = run, parent
        #: False until the caller has taken the result.
        self.dead = False
        self._is_started = False
        self._result: Any = None

    def switch(self, *arguments: Any, **named: Any) -> Any:
        """The first call runs the function and returns an awaitable that has ended, because the
        caller checks that something was awaited. The second one returns the result."""
        global _current
        if self._is_started:
            self.dead = True
            return self._result
        self._is_started = True
        before, _current = _current, self
        try:
            self._result = self.run(*arguments, **named)
        except BaseException:
            self.dead = True
            raise
        finally:
            _current = before
        return _nothing()

    def throw(
        self,
        kind: type[BaseException] = GreenletExit,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> Any:
        """Raises the exception: the function has ended already."""
        self.dead = True
        raise (kind() if error is None else error).with_traceback(traceback)


class _Main(greenlet):
    """The greenlet of the event loop. Code in other greenlets switches to it to await something."""

    def switch(self, awaitable: Awaitable[Any]) -> Any:
        return _complete(awaitable)


_main = _current = _Main()


def getcurrent() -> greenlet:
    """Returns the greenlet whose function runs."""
    return _current


async def _nothing() -> None:
    pass


def _complete(awaitable: Awaitable[Any]) -> Any:
    """Returns the result of an awaitable. If it waits for the event loop, the loop runs here."""
    coroutine = awaitable if asyncio.iscoroutine(awaitable) else _await(awaitable)
    return _run(asyncio.get_running_loop(), coroutine)


async def _await(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _run(loop: Any, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine in a task of its own, inside of the step of the current task."""
    global _current
    before, _current = _current, _main
    outer = asyncio.tasks._swap_current_task(loop, None)
    ready = len(loop._ready)
    try:
        task = asyncio.Task(coroutine, loop=loop, eager_start=True)
        while not task.done():
            loop._run_once()
    finally:
        asyncio.tasks._swap_current_task(loop, outer)
        _current = before
        # The step of the loop that runs this code has counted the handles that were ready.
        for _ in range(ready - len(loop._ready)):
            loop._ready.append(_cancelled_handle(loop))
    return task.result()


def _cancelled_handle(loop: Any) -> asyncio.Handle:
    handle = asyncio.Handle(_nothing, (), loop)
    handle.cancel()
    return handle
