"""Waiting for calls of async imports, instead of the functions of componentize-py.

componentize-py drives its own event loop from the callback of the export. It has no timers, and it
traps if a task is cancelled while it waits for a call. Here, the export never returns to the host
before the program has ended: the event loop blocks in `waitable-set.wait`. So `asyncio.run` works
as everywhere.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import componentize_py_async_support
import componentize_py_runtime as runtime
from componentize_py_types import Err, Ok

from .._contract import builtins

#: The statuses of a call that has ended.
RETURNED, START_CANCELLED, RETURN_CANCELLED = 2, 3, 4

#: The kind of the events of calls. The other kinds are those of streams and futures.
SUBTASK = 1

#: The result of an export that has called `answer`.
ANSWERED = object()


class Call:
    """A call in flight: its handle, the future that a task waits for, and the result.

    A read or a write of a stream or a future is a call too. It can't be cancelled.
    """

    __slots__ = ("future", "promise", "status", "waitable")

    def __init__(self, waitable: int, promise: int):
        self.waitable, self.promise = waitable, promise
        self.future: asyncio.Future | None = None
        #: How the call has ended; None while it is in flight.
        self.status: int | None = None

    def result(self) -> Any:
        """Returns the result of a call that has returned. Valid once."""
        return runtime.promise_get_result(self.status, self.promise)

    def end(self, status: int, kind: int = SUBTASK) -> None:
        """Releases the handle of a call that has ended."""
        self.status = status
        runtime.waitable_join(self.waitable, 0)
        if kind == SUBTASK:
            runtime.subtask_drop(self.waitable)

    def cancel(self) -> None:
        """Cancels a call in flight. The host ends it at once, and the handles of its parameters are
        free."""
        runtime.waitable_join(self.waitable, 0)
        self.end(builtins.cancel(self.waitable))

    def abandon(self) -> None:
        """Cancels the call if it is in flight, and drops its result if it has returned.

        The memory of the parameters of a cancelled call can't be released: no function of
        componentize-py does so.
        """
        if self.status is None:
            self.cancel()
        if self.status == RETURNED:
            self.result()
            self.status = RETURN_CANCELLED


class _Started(BaseException):
    """A call has been started by `start`."""


#: Whether `start` is running.
_starting = False


def start(coroutine: Coroutine[Any, Any, Any]) -> tuple[int, int] | None:
    """Starts a call that no task waits for. Returns the first two attributes of its `Call`; None if
    the call has returned."""
    global _starting
    _starting = True
    try:
        coroutine.send(None)
    except _Started as started:
        result = started.args[0]
    finally:
        _starting = False
    return None if isinstance(result, Ok) else result.value


async def await_result(result: Any) -> Any:
    """Returns the result of a call of an async import. The generated bindings call it."""
    if _starting:
        raise _Started(result)
    if isinstance(result, Ok):
        return result.value
    waitable, promise = result.value
    loop = asyncio.get_running_loop()
    call = Call(waitable, promise)
    loop.calls.add(call)
    try:
        if not loop.wait_for(call):
            call.future = loop.create_future()
            await call.future
    except BaseException:
        loop.calls.remove(call)
        raise
    return call.result()


#: The export that runs: its index, and the number of its borrowed handles.
_export = (0, 0)


def run_export(index: int, borrows: int, coroutine: Coroutine[Any, Any, Any]) -> int:
    """Runs the export, which never waits, and returns the code for "ended" to the host."""
    global _export
    _export = (index, borrows)
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result = Ok(stop.value)
    except Err as error:
        result = error
    if isinstance(result, Err) or result.value is not ANSWERED:
        runtime.call_task_return(index, borrows, result)
    return 0


def answer(value: Any) -> None:
    """Gives the host the result of the export, which goes on running."""
    runtime.call_task_return(*_export, Ok(value))


def install() -> None:
    """Makes the generated bindings use this module. Called before the component is initialized."""
    componentize_py_async_support.await_result = await_result
    componentize_py_async_support.first_poll = run_export
    asyncio._set_running_loop(None)
