"""Engines: the databases of the program."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from .. import aio, errors
from .connection import SAConnection
from .dialect import Dialect, _dialect, dialect_of
from .exc import ArgumentError, EngineClosedError, InvalidRequestError, converted
from .options import refuse_foreign
from .pending import Pending

__all__ = ["Engine", "_dialect", "create_engine"]

CLOSED = "Cannot acquire connection after closing pool"
UNFINISHED = "Cannot release a connection with not finished transaction"


def create_engine(
    database: str = "main",
    *,
    minsize: int = 1,
    maxsize: int | None = None,
    loop: Any = None,
    dialect: Any = None,
    pool_recycle: float = -1,
    compiled_cache: Any = None,
    echo: bool = False,
    acquire_timeout: float | None = None,
    statement_timeout: float | None = None,
    isolation: str | None = None,
    read_only: bool = False,
    **foreign: Any,
) -> Pending["Engine"]:
    """Opens a database by the name that the host granted.

    `engine = await create_engine("main")`, or `async with create_engine("main") as engine`, which
    closes the engine. Times are in seconds.

    `minsize` is the number of connections that the host opens before the call returns. `maxsize`
    is the number that this engine holds at most [default: the limit of the grant]; 0 has the same
    meaning. `dialect` compiles the expressions [default: one for the version of the server].
    `compiled_cache` is a dict or another mapping, in which compiled expressions are kept. `echo`
    logs statements, without their parameters.

    `loop` and `pool_recycle` are accepted and have no effect: the running loop is used, and the
    host replaces stale connections. The options of aiomysql that name a server or an account, or
    that configure a session, are refused.
    """
    refuse_foreign(foreign)
    if not isinstance(database, str):
        raise ArgumentError(
            f"the database is a {type(database).__name__}; pass the name that the host granted, "
            "such as 'main', and minsize and maxsize by keyword"
        )
    options = {
        "acquire_timeout": acquire_timeout,
        "statement_timeout": statement_timeout,
        "isolation": isolation,
        "read_only": read_only,
    }

    async def open() -> Engine:
        if minsize < 0:
            raise ValueError("minsize should be zero or greater")
        if maxsize and maxsize < minsize:
            raise ValueError("maxsize should be not less than minsize")
        await _warm(database, max(minsize, 1), options)
        engine = await converted(aio.connect(database, max_connections=maxsize or None, **options))
        used = dialect_of(engine.info) if dialect is None else dialect
        return Engine(engine, used, minsize, maxsize, compiled_cache, echo)

    return Pending(open(), _leave_engine)


async def _warm(database: str, size: int, options: dict[str, Any]) -> None:
    """Makes the host open so many connections. Fails if they can't be opened, as aiomysql does."""
    async with aio.connect(database, max_connections=size, **options) as engine:
        try:
            acquired = await asyncio.gather(
                *(_acquire(engine) for _ in range(size)), return_exceptions=True
            )
        except BaseException:  # cancelled: the end of the block must not wait for connections
            engine.terminate()
            raise
        for connection in acquired:
            if isinstance(connection, aio.Connection):
                await connection.close()
        for failure in acquired:
            if isinstance(failure, BaseException):
                raise failure


async def _acquire(engine: aio.Engine) -> aio.Connection:
    return await converted(engine.acquire())


class Engine:
    """A database. The host holds the connection pool, which all programs of the host share."""

    def __init__(
        self,
        engine: aio.Engine,
        dialect: Dialect,
        minsize: int,
        maxsize: int | None,
        compiled_cache: Any = None,
        echo: bool = False,
    ):
        self._engine = engine
        self._dialect = dialect
        self._minsize, self._maxsize = minsize, maxsize
        self._compiled_cache = compiled_cache
        self.echo = bool(echo)
        self._releases: set[asyncio.Future] = set()
        self._is_closed = False
        #: The task that waits until all connections are released.
        self._closing: asyncio.Task | None = None

    @property
    def dialect(self) -> Any:
        """The dialect that compiles the expressions."""
        return self._dialect

    @property
    def name(self) -> str:
        """The name of the dialect: `mysql`."""
        return self._dialect.name

    @property
    def driver(self) -> str:
        """The driver of the dialect: `wasmysql`."""
        return self._dialect.driver

    @property
    def minsize(self) -> int:
        """The number of connections that were opened with the engine."""
        return self._minsize

    @property
    def maxsize(self) -> int | None:
        """The number of connections at most; None if `maxsize=0` was passed."""
        if self._maxsize is None:
            status = self._status()
            return status.max_size if status else None
        return self._maxsize or None

    @property
    def size(self) -> int:
        """The number of connections in the host's pool; 0 if the engine is closed."""
        status = self._status()
        return status.size if status else 0

    @property
    def freesize(self) -> int:
        """The number of idle connections in the host's pool; 0 if the engine is closed."""
        status = self._status()
        return status.idle if status else 0

    def _status(self) -> Any:
        try:
            return self._engine.status
        except errors.ResourceClosedError:
            return None

    def acquire(self) -> Pending[SAConnection]:
        """Acquires a connection: `async with engine.acquire() as conn`."""
        return Pending(self._acquire(), self._leave)

    async def _acquire(self) -> SAConnection:
        if self._is_closed:
            raise EngineClosedError(CLOSED)
        try:
            raw = await converted(self._engine.acquire())
        except errors.Error as error:
            if error.kind == "pool-closed":
                raise EngineClosedError(CLOSED) from None
            raise
        return SAConnection(raw, self, self._compiled_cache)

    async def _leave(self, connection: SAConnection, error: BaseException | None) -> None:
        try:
            await self.release(connection)
        except InvalidRequestError:
            # The exception of the block is the cause of the unfinished transaction.
            if error is None:
                raise

    def release(self, connection: SAConnection) -> Awaitable[None]:
        """Releases a connection, also if the result of this call is not awaited.

        An unfinished transaction is rolled back, and the call fails. A second release does nothing.
        """
        if connection._engine is not self:
            raise InvalidRequestError("The connection was acquired from another engine")
        unfinished = connection.in_transaction
        raw = connection._release()
        loop = asyncio.get_running_loop()
        if raw is None:
            done = loop.create_future()
            done.set_result(None)
            return done
        task = loop.create_task(_close(raw))
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)
        if unfinished:
            raise InvalidRequestError(UNFINISHED)
        # A cancelled caller does not cancel the release.
        return asyncio.shield(task)

    def close(self) -> None:
        """Closes the engine: it acquires no more connections. Await `wait_closed` afterwards."""
        self._is_closed = True
        if self._closing is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return  # `wait_closed` closes the engine.
            self._closing = loop.create_task(self._close())
            self._closing.add_done_callback(_retrieve)

    def terminate(self) -> None:
        """Closes the engine and all its connections at once."""
        self._is_closed = True
        self._engine.terminate()

    async def wait_closed(self) -> None:
        """Waits at most 30 s until all connections are released."""
        if not self._is_closed:
            raise RuntimeError(".wait_closed() should be called after .close()")
        self.close()
        while self._releases:
            await asyncio.wait(set(self._releases))
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await converted(self._engine.close())

    def __enter__(self) -> None:
        raise RuntimeError('use "async with" instead of "with"')

    def __exit__(self, *error: Any) -> None:
        """Never called; `with` requires it."""

    async def __aenter__(self) -> "Engine":
        return self

    async def __aexit__(self, *error: Any) -> None:
        self.close()
        await self.wait_closed()


async def _close(raw: aio.Connection) -> None:
    try:
        await raw.close()
    except errors.Error:
        pass  # The host closes the session instead.


async def _leave_engine(engine: Engine, error: BaseException | None) -> None:
    await engine.__aexit__(None, error, None)


def _retrieve(task: asyncio.Task) -> None:
    """Marks the exception of a task as known. `wait_closed` raises it."""
    if not task.cancelled():
        task.exception()
