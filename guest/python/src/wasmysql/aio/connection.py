"""Connections: server sessions of an engine."""

from typing import Any, NamedTuple

from .. import _contract, _options
from ..placeholders import Statement, named, positional
from .closing import Closing
from .handles import Handle
from .opening import Opening
from .prepared import Prepared
from .statements import Statements
from .transactions import Transaction, TwoPhaseTransaction

STATES = ("none", "open", "rolled-back", "unknown")


class Warning(NamedTuple):
    """A warning of the last statement."""

    #: `Note`, `Warning` or `Error`.
    level: str
    code: int
    message: str


class Connection(Statements, Closing):
    """A session, from `Engine.acquire` until it is closed.

    One call runs at a time. Another call in the meantime, and any call while a stream is open,
    fails with the kind `busy`. Acquire a second connection for work at the same time.
    """

    def __init__(self, resource: Any, engine: Any):
        # The engine must live as long as the connection.
        self._engine = engine
        self._handle = Handle(resource, "connection")

    async def _send(self, sql: str, params: list[Any], options: Any) -> Any:
        return await self._handle.call(
            _contract.connection.Connection.execute, sql, params, options
        )

    async def _send_rows(self, sql: str, rows: Any, options: Any) -> Any:
        execute_many = _contract.connection.Connection.execute_many
        return await self._handle.call(execute_many, sql, rows, options)

    def prepare(self, sql: str) -> Opening[Prepared]:
        """Prepares a statement for many executions. It is valid until the connection is closed.

        The host also caches the statements of `execute`, so only a statement whose columns are
        needed before its execution has to be prepared.
        """

        async def open() -> Prepared:
            statement = _translate(_options.name(sql, "the statement"))
            prepare = _contract.connection.Connection.prepare
            return Prepared(await self._handle.call(prepare, statement.sql), self, statement)

        return Opening(open)

    def begin(
        self,
        *,
        isolation: str | None = None,
        read_only: bool = False,
        consistent_snapshot: bool = False,
    ) -> Opening[Transaction]:
        """Begins a transaction: `async with conn.begin()`.

        Inside an open transaction it begins an inner one, whose commit does nothing, and whose
        rollback rolls back the whole transaction. Use `begin_nested` for work that may fail.

        `isolation` is `read-uncommitted`, `read-committed`, `repeatable-read` or `serializable`.
        """

        async def open() -> Transaction:
            options = _options.transaction(isolation, read_only, consistent_snapshot)
            begin = _contract.connection.Connection.begin
            return Transaction(await self._handle.call(begin, options), self)

        return Opening(open)

    def begin_nested(self) -> Opening[Transaction]:
        """Begins a savepoint, or a transaction if none is open."""

        async def open() -> Transaction:
            begin = _contract.connection.Connection.begin_nested
            return Transaction(await self._handle.call(begin), self)

        return Opening(open)

    def begin_twophase(self, xid: str | None = None) -> Opening[TwoPhaseTransaction]:
        """Begins a two-phase transaction. Without a name, the host generates a random one."""

        async def open() -> TwoPhaseTransaction:
            name = None if xid is None else _options.name(xid, "xid")
            begin = _contract.connection.Connection.begin_twophase
            return TwoPhaseTransaction(await self._handle.call(begin, name), self)

        return Opening(open)

    async def recover_twophase(self) -> list[str]:
        """Returns the names of this program's prepared transactions."""
        return await self._handle.call(_contract.connection.Connection.recover_twophase)

    async def commit_prepared(self, xid: str) -> None:
        """Commits a prepared transaction whose connection has ended."""
        commit = _contract.connection.Connection.commit_prepared
        await self._handle.call(commit, _options.name(xid, "xid"))

    async def rollback_prepared(self, xid: str) -> None:
        """Rolls back a prepared transaction whose connection has ended."""
        rollback = _contract.connection.Connection.rollback_prepared
        await self._handle.call(rollback, _options.name(xid, "xid"))

    async def warnings(self) -> list[Warning]:
        """Returns the warnings of the last statement."""
        found = await self._handle.call(_contract.connection.Connection.warnings)
        return [Warning(warning.level, warning.code, warning.message) for warning in found]

    async def ping(self) -> None:
        """Asks the server for an answer."""
        await self._handle.call(_contract.connection.Connection.ping)

    @property
    def transaction_state(self) -> str:
        """`none`, `open`, `rolled-back` or `unknown`."""
        return STATES[self._handle.resource.transaction_state().value]

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open or waits for its rollback."""
        return not self.is_closed and self.transaction_state != "none"

    @property
    def is_closed(self) -> bool:
        """Whether the session has ended."""
        return self._handle.is_dropped or self._handle.resource.is_closed()

    async def close(self) -> None:
        """Rolls back an open transaction and releases the session. A second `close` does
        nothing."""
        await self._handle.close(_contract.connection.Connection.close)


def _translate(sql: str) -> Statement:
    """Returns the statement with `?`, and the names if it has any."""
    statement = named(sql)
    return statement if statement.names else Statement(positional(sql), None)
