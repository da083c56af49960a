"""The event loop: asyncio's own, waiting for calls of the host and for timers."""

import asyncio
from array import array
from collections.abc import Callable
from typing import Any

import componentize_py_runtime as runtime

from .._contract import builtins, monotonic_clock
from .calls import RETURNED, Call, start

#: The longest wait of one timer, in seconds. Longer waits consist of several.
LONGEST = 24 * 60 * 60

#: While tasks are ready, the loop looks for returned calls once in so many steps.
POLL_EVERY = 16


class Timer(Call):
    """A timer in flight. Its result is empty."""

    def __init__(self, waitable: int, promise: int):
        super().__init__(waitable, promise, None)


class Calls:
    """The calls in flight of an event loop. It has the place of a selector in asyncio."""

    def __init__(self) -> None:
        self._set = runtime.waitable_set_new()
        self._in_flight: dict[int, Call | Timer] = {}
        self._polls = 0
        # The other two parts of an event: the handle, and the status.
        self._event = array("I", [0, 0])

    def add(self, call: Call) -> None:
        self._in_flight[call.waitable] = call
        runtime.waitable_join(call.waitable, self._set)

    def discard(self, call: Call) -> bool:
        """Cancels a call. Returns False if it has returned already."""
        if self._in_flight.pop(call.waitable, None) is None:
            return False
        runtime.waitable_join(call.waitable, 0)
        call.abandon()
        return True

    def select(self, timeout: float | None) -> list[Call]:
        """Returns the calls that have returned. Waits for the first one, at most `timeout`."""
        if timeout is not None and timeout <= 0:
            return self._poll() if self._in_flight else []
        if timeout is None and not self._in_flight:
            raise RuntimeError(
                "deadlock: no call is in flight and no timer is set, so nothing can wake a task"
            )
        if timeout is None:
            return self._wait(None)
        timer = self._start_timer(timeout)
        if timer is None:
            return []
        try:
            return self._wait(timer)
        finally:
            self.discard(timer)

    def _poll(self) -> list[Call]:
        """Returns the calls that have returned, while other tasks are ready. Looks only sometimes,
        because it takes longer than most steps of a task."""
        self._polls += 1
        if self._polls % POLL_EVERY:
            return []
        builtins.pause()
        return self._take_all()

    def _wait(self, timer: Timer | None) -> list[Call]:
        while True:
            call = self._take(builtins.wait)
            if call is None:
                continue
            if call is timer:
                return []
            return [call, *self._take_all(timer)]

    def close(self) -> None:
        for call in list(self._in_flight.values()):
            self.discard(call)
        runtime.waitable_set_drop(self._set)

    def _take_all(self, timer: Timer | None = None) -> list[Call]:
        calls = []
        while self._in_flight and (call := self._take(builtins.poll)):
            if call is not timer:
                calls.append(call)
        return calls

    def _take(self, function: Callable[[int, int], int]) -> Call | Timer | None:
        """Returns a call that has returned; None for another event, and for no event."""
        kind = function(self._set, self._event.buffer_info()[0])
        if not kind or self._event[1] != RETURNED:
            return None
        waitable = self._event[0]
        runtime.waitable_join(waitable, 0)
        runtime.subtask_drop(waitable)
        return self._in_flight.pop(waitable, None)

    def _start_timer(self, seconds: float) -> Timer | None:
        """Starts a timer; None if it has ended."""
        nanoseconds = int(min(seconds, LONGEST) * 1e9) + 1
        started = start(monotonic_clock.wait_for(nanoseconds))
        if started is None:
            return None
        timer = Timer(*started)
        self._in_flight[timer.waitable] = timer
        runtime.waitable_join(timer.waitable, self._set)
        return timer


class Loop(asyncio.BaseEventLoop):
    """An event loop of asyncio for programs in the sandbox. It has no threads and no sockets."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls()
        self._selector = self.calls

    def _process_events(self, calls: list[Call]) -> None:
        for call in calls:
            if not call.future.done():
                call.future.set_result(None)

    def _write_to_self(self) -> None:
        """Nothing to do: another thread never has to wake the loop."""

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future:
        """Calls the function at once: there are no threads."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        if self.is_closed():
            return
        super().close()
        self.calls.close()


class Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    """Makes `asyncio.run` and `asyncio.new_event_loop` use `Loop`."""

    _loop_factory = Loop


def install() -> None:
    """Makes asyncio use this event loop."""
    asyncio.events._set_event_loop_policy(Policy())
