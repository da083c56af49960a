"""The event loop: asyncio's own, waiting for calls of the host and for timers."""

import asyncio
import time
from array import array
from collections.abc import Callable
from typing import Any

import componentize_py_runtime as runtime

from .._contract import builtins, monotonic_clock
from .calls import RETURNED, SUBTASK, Call, start

#: The longest wait of one timer, in seconds. Longer waits consist of several.
LONGEST = 24 * 60 * 60

#: The number of cancelled timers from which asyncio removes them, if they are most of all timers.
CANCELLED_TIMERS = 100

#: While tasks are ready, the loop looks for returned calls once in so many steps.
POLL_EVERY = 16


class Timer(Call):
    """A timer in flight."""

    __slots__ = ("deadline",)

    def __init__(self, waitable: int, promise: int, deadline: float):
        super().__init__(waitable, promise)
        self.deadline = deadline


class Calls:
    """The calls in flight of an event loop. It has the place of a selector in asyncio.

    A timer stays in flight while it can serve later waits. It may end a wait too early, and the
    loop then waits again; but a program whose every call has a timeout starts few timers.
    """

    def __init__(self) -> None:
        self._set = runtime.waitable_set_new()
        self._in_flight: dict[int, Call] = {}
        self._timer: Timer | None = None
        self._polls = 0
        # The other two parts of an event: the handle, and the status.
        self._event = array("I", [0, 0])

    def add(self, call: Call) -> None:
        """Adds a call in flight."""
        self._in_flight[call.waitable] = call
        runtime.waitable_join(call.waitable, self._set)

    @property
    def count(self) -> int:
        """The number of calls in flight."""
        return len(self._in_flight)

    def remove(self, call: Call) -> None:
        """Ends a call that nobody waits for any more."""
        if call.status is None:
            del self._in_flight[call.waitable]
        call.abandon()

    def select(self, timeout: float | None) -> list[Call]:
        """Returns the calls that have returned. Waits for the first one, at most `timeout`."""
        if timeout is not None and timeout <= 0:
            return self._poll() if self._in_flight else []
        if timeout is not None:
            if not self._set_timer(timeout):
                return []
        elif not self._in_flight:
            raise RuntimeError(
                "deadlock: no call is in flight and no timer is set, so nothing can wake a task"
            )
        calls = self._take(builtins.wait)
        while self._in_flight and (more := self._take(builtins.poll)):
            calls += more
        return calls

    def _poll(self) -> list[Call]:
        """Returns the calls that have returned, while other tasks are ready. Looks only sometimes,
        because it takes longer than most steps of a task."""
        self._polls += 1
        if self._polls % POLL_EVERY:
            return []
        builtins.pause()
        return self._take(builtins.poll)

    def _take(self, function: Callable[[int, int], int]) -> list[Call]:
        """Returns the call of an event; nothing for another event, and for no event."""
        kind = function(self._set, self._event.buffer_info()[0])
        waitable, status = self._event
        if not kind or (kind == SUBTASK and status != RETURNED):
            return []
        if self._timer is not None and self._timer.waitable == waitable:
            timer, self._timer = self._timer, None
            timer.end(RETURNED)
            timer.result()
            return []
        call = self._in_flight.pop(waitable)
        call.end(status, kind)
        return [call]

    def stop_timer(self) -> None:
        """Cancels the timer. A timer has no result, so its memory can be released."""
        if self._timer is not None:
            timer, self._timer = self._timer, None
            timer.cancel()
            timer.result()

    def _set_timer(self, seconds: float) -> bool:
        """Makes a timer end a wait after this time, or earlier. Returns False if the time is so
        short that it has passed."""
        deadline = time.monotonic() + seconds
        if self._timer is not None:
            if self._timer.deadline <= deadline:
                return True
            self.stop_timer()
        nanoseconds = int(min(seconds, LONGEST) * 1e9) + 1
        started = start(monotonic_clock.wait_for(nanoseconds))
        if started is None:
            return False
        self._timer = Timer(*started, deadline)
        runtime.waitable_join(self._timer.waitable, self._set)
        return True

    def close(self) -> None:
        """Ends all calls and the timer."""
        for call in list(self._in_flight.values()):
            self.remove(call)
        self.stop_timer()
        runtime.waitable_set_drop(self._set)


class Loop(asyncio.BaseEventLoop):
    """An event loop of asyncio for programs in the sandbox. It has no threads and no sockets."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls()
        self._selector = self.calls
        self._is_settling = False

    def wait_for(self, call: Call) -> bool:
        """Waits for a call in place, if nothing else can run in the meantime. Returns whether the
        call has returned. It takes a fraction of the time of suspending the task."""
        timeout = None
        # Only a step of the loop removes cancelled timers, such as those of `asyncio.timeout`.
        if self._ready or self.calls.count > 1 or self._timer_cancelled_count > CANCELLED_TIMERS:
            return False
        if self._scheduled:
            timeout = self._scheduled[0]._when - self.time()
            if timeout <= 0:
                return False
        self.calls.select(timeout)
        return call.status is not None

    def settle(self) -> None:
        """Runs the tasks until no call is in flight. A component must not end a request before."""
        self._is_settling = True
        try:
            while self._ready or self.calls.count:
                if not self.calls.count:
                    self.call_soon(self.stop)
                self.run_forever()
        finally:
            self._is_settling = False
        self.calls.stop_timer()

    def _process_events(self, calls: list[Call]) -> None:
        for call in calls:
            if not call.future.done():
                call.future.set_result(None)
        if self._is_settling and not self.calls.count:
            self.stop()

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
