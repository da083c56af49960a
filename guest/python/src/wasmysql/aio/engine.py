"""Engines: the databases of the program."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from .. import _contract, _options
from .._error_codes import exception
from . import repeating
from .closing import Closing
from .connection import Connection
from .handles import Handle
from .opening import Opening
from .statements import Statements

T = TypeVar("T")


class EngineInfo(NamedTuple):
    """Information on a database and its server."""

    database: str
    name: str
    driver: str
    server_version: str
    server_flavour: str
    charset: str
    sql_mode: str
    max_allowed_packet: int


class PoolStatus(NamedTuple):
    """The numbers of the connection pool, which all programs of the host share."""

    min_size: int
    max_size: int
    size: int
    idle: int
    in_use: int
    waiting: int


def connect(
    database: str = "main",
    *,
    max_connections: int | None = None,
    acquire_timeout: float | None = None,
    statement_timeout: float | None = None,
    isolation: str | None = None,
    read_only: bool = False,
) -> Opening["Engine"]:
    """Opens a database by the name that the host granted.

    `engine = await connect("main")`, or `async with connect("main") as engine`. Times are in
    seconds. All options can only restrict what the host grants, and default to it.
    """

    async def open() -> Engine:
        options = _options.engine(
            max_connections, acquire_timeout, statement_timeout, isolation, read_only
        )
        name = _options.name(database, "the database")
        try:
            resource = await _contract.engine.create_engine(name, options)
        except _contract.Err as error:
            record = error.value
        else:
            return Engine(resource)
        raise exception(record)

    return Opening(open)


class Engine(Statements, Closing):
    """A database. `execute`, `stream`, `columns` and `execute_many` acquire a connection for one
    statement."""

    def __init__(self, resource: Any):
        self._handle = Handle(resource, "engine")

    def acquire(self) -> Opening[Connection]:
        """Acquires a connection: `async with engine.acquire() as conn`."""

        async def open() -> Connection:
            acquire = _contract.engine.Engine.acquire
            return Connection(await self._handle.call(acquire), self)

        return Opening(open)

    @asynccontextmanager
    async def begin(self, **options: Any) -> AsyncIterator[Connection]:
        """Acquires a connection and begins a transaction: `async with engine.begin() as conn`."""
        async with self.acquire() as conn, conn.begin(**options):
            yield conn

    async def transaction(
        self,
        work: Callable[[Connection], Awaitable[T]],
        *,
        attempts: int = 5,
        **options: Any,
    ) -> T:
        """Awaits `work(conn)` in a transaction and commits it.

        After a deadlock and after a lost connection it begins again, with another connection, at
        most `attempts` times in total. A commit in doubt is never repeated. So `work` must not have
        other effects than those in the database.
        """
        return await repeating.run(self, work, attempts, options)

    async def _send(self, sql: str, params: list[Any], options: Any) -> Any:
        return await self._handle.call(_contract.engine.Engine.execute, sql, params, options)

    async def _send_rows(self, sql: str, rows: Any, options: Any) -> Any:
        async with self.acquire() as conn:
            return await conn._send_rows(sql, rows, options)

    @property
    def info(self) -> EngineInfo:
        """Information on the database and its server."""
        info = self._handle.resource.info()
        return EngineInfo(*(getattr(info, field) for field in EngineInfo._fields))

    @property
    def status(self) -> PoolStatus:
        """The current numbers of the pool."""
        status = self._handle.resource.status()
        return PoolStatus(*(getattr(status, field) for field in PoolStatus._fields))

    async def close(self) -> None:
        """Closes the engine, and waits until its connections are released. A second `close` does
        nothing."""
        await self._handle.close(_contract.engine.Engine.close)

    def terminate(self) -> None:
        """Closes the engine and all its connections at once."""
        if not self._handle.is_dropped:
            self._handle.resource.terminate()
