"""The connection pools of SQLAlchemy's engines.

The host has its own pool. A pool in the program saves acquiring a session, and its reset, for each
use. All connections of the program count as used at the host.
"""

import asyncio
import time
from typing import Any

from sqlalchemy import exc
from sqlalchemy.pool import QueuePool

from . import keeping

try:
    from sqlalchemy.util.concurrency import await_only
except ImportError:  # SQLAlchemy 1.3 has no asyncio extension
    await_only = None

#: The number of connections that a grant allows by default.
SIZE = 4

#: The longest wait before the pool is looked at again, in seconds.
LONGEST_WAIT = 1.0

#: The number of tasks that can wait at the same time. Each wait needs a part of the stack.
WAITERS = 32


class Pool(QueuePool):
    """A pool that fails at once if all connections are in use: in a program without threads,
    nothing could release one while it waits."""

    def __init__(self, creator: Any, pool_size: int = SIZE, max_overflow: int = 0, **options: Any):
        options["timeout"] = 0
        super().__init__(creator, pool_size=pool_size, max_overflow=max_overflow, **options)

    def _do_return_conn(self, record: Any) -> None:
        if keeping.is_allowed:
            super()._do_return_conn(record)
            return
        try:
            record.close()
        finally:
            self._dec_overflow()


class AsyncPool(Pool):
    """A pool that lets other tasks run while it waits for a connection.

    Of several waiters, the last one gets the next connection: with the runtime's greenlet, the
    others can't continue before it does.
    """

    _is_asyncio = True

    def __init__(self, creator: Any, timeout: float = 30.0, **options: Any):
        super().__init__(creator, **options)
        self._patience = timeout
        self._waiting: set[asyncio.Future[None]] = set()

    def _do_get(self) -> Any:
        end = time.monotonic() + self._patience
        while True:
            try:
                return super()._do_get()
            except exc.TimeoutError as error:
                rest = end - time.monotonic()
                if rest <= 0:
                    raise _timeout(error, self._patience) from None
            if len(self._waiting) >= WAITERS:
                raise exc.TimeoutError(
                    f"{WAITERS} tasks wait for a connection of the pool already; let fewer tasks "
                    "use the database at the same time, for example with asyncio.Semaphore"
                )
            await_only(self._wait(min(rest, LONGEST_WAIT)))

    def _do_return_conn(self, record: Any) -> None:
        super()._do_return_conn(record)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def _wait(self, seconds: float) -> None:
        """Waits until a connection is released."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait([future], timeout=seconds)
        finally:
            self._waiting.discard(future)

    def recreate(self) -> Any:
        pool = super().recreate()
        pool._patience = self._patience
        return pool


def _timeout(error: exc.TimeoutError, seconds: float) -> exc.TimeoutError:
    """Returns SQLAlchemy's error with the time that the pool has really waited."""
    text = str(error.args[0]).replace("timeout 0.00", f"timeout {seconds:.2f}")
    return exc.TimeoutError(text, code=error.code)
