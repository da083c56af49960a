"""Connections that execute SQLAlchemy expressions."""

import inspect
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.ddl import DDLElement

from .. import aio, errors
from .exc import ArgumentError, InvalidRequestError, ResourceClosedError, converted
from .parameters import distill as _distill_params
from .pending import Pending, PendingResult
from .prepared import Prepared, prepare
from .result import ResultProxy
from .statements import column_keys, executable, named
from .transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction

logger = logging.getLogger("wasmysql.sa")

NO_STATEMENT = "sql statement should be str or SQLAlchemy data selection/modification clause"
DDL_PARAMETERS = "Don't mix sqlalchemy DDL clause and execution with parameters"
IN_PROGRESS = "Cannot start a two phase transaction when a transaction is already in progress."
MANY_LISTS = "a list of values for IN can't be a parameter of many executions; execute them singly"


class SAConnection:
    """A connection, from `Engine.acquire` until it is released."""

    def __init__(
        self,
        connection: aio.Connection,
        engine: Any,
        compiled_cache: Any = None,
    ):
        self._connection: aio.Connection | None = connection
        self._transaction: Transaction | None = None
        self._engine = engine
        self._dialect = engine.dialect
        self._compiled_cache = compiled_cache
        self._echo = getattr(engine, "echo", False) is True

    def execute(self, query: Any, *multiparams: Any, **params: Any) -> PendingResult:
        """Executes a statement: a str, or an expression of SQLAlchemy.

        Await the returned object, use it with `async with`, or iterate over the rows with
        `async for`. All rows are in memory when the call returns.

        Parameters are values, a tuple, a dict, or keyword arguments. Several tuples or dicts, or a
        list of them, execute the statement once for each.
        """
        return PendingResult(self._execute(query, multiparams, params, False))

    def stream(self, query: Any, *multiparams: Any, **params: Any) -> PendingResult:
        """Executes a statement as `execute` does, and reads its rows on demand.

        Until the result is closed, the connection can't execute other statements.
        """
        return PendingResult(self._execute(query, multiparams, params, True))

    async def scalar(self, query: Any, *multiparams: Any, **params: Any) -> Any:
        """Executes a statement and returns the first value of its first row, or None."""
        result = await self._execute(query, multiparams, params, False)
        return await result.scalar()

    async def _execute(self, query: Any, multiparams: Any, params: Any, stream: bool) -> Any:
        raw = self._open()
        sets = _distill_params(multiparams, params)
        if len(sets) > 1:
            return await self._execute_many(raw, query, sets)
        given = sets[0] if sets else None
        prepared = None
        if isinstance(query, str):
            sql, values = query, given or None
        elif isinstance(query, DDLElement):
            sql, values = self._compile_ddl(query, given), None
        elif isinstance(query, ClauseElement):
            query = executable(query)
            given = named(query, given)
            prepared, own = self._prepare(query, given)
            sql, values = prepared.bind(given, own)
        else:
            raise ArgumentError(NO_STATEMENT)
        self._log(sql)
        if stream:
            cursor: Any = await converted(raw.stream(sql, values or None))
        else:
            cursor = await converted(raw.execute(sql, values or None))
        return ResultProxy(self, cursor, self._dialect, prepared)

    async def _execute_many(self, raw: aio.Connection, query: Any, sets: Any) -> ResultProxy:
        if isinstance(query, str):
            sql, rows = query, sets
        elif isinstance(query, DDLElement):
            raise ArgumentError(DDL_PARAMETERS)
        elif isinstance(query, ClauseElement):
            query = executable(query)
            by_name = [named(query, given) for given in sets]
            keys = column_keys(query, by_name[0])
            prepared, own = prepare(query, self._dialect, keys)
            if prepared.is_expanding:
                raise ArgumentError(MANY_LISTS)
            bound = [prepared.bind(given, own) for given in by_name]
            sql, rows = bound[0][0], [values for _, values in bound]
        else:
            raise ArgumentError(NO_STATEMENT)
        self._log(sql)
        cursor = await converted(raw.execute_many(sql, rows))
        return ResultProxy(self, cursor, self._dialect)

    def _compile_ddl(self, query: Any, given: Any) -> str:
        if given:
            raise ArgumentError(DDL_PARAMETERS)
        return str(query.compile(dialect=self._dialect))

    def _prepare(self, query: Any, given: Mapping[str, Any] | None) -> tuple[Prepared, Any]:
        """Returns the compiled expression, and the parameters that it contains itself."""
        keys = column_keys(query, given)
        cache = self._compiled_cache
        if cache is None:
            return prepare(query, self._dialect, keys)
        key = query if keys is None else (query, tuple(keys))
        prepared = cache.get(key)
        if prepared is not None:
            return prepared, None
        prepared, own = prepare(query, self._dialect, keys)
        if prepared.needs_only(given or ()):
            cache[key] = prepared
        return prepared, own

    def _log(self, sql: str) -> None:
        if self._echo:
            logger.info(sql)

    def _open(self) -> aio.Connection:
        if self._connection is None:
            raise ResourceClosedError("This connection is closed.")
        return self._connection

    @property
    def closed(self) -> bool:
        """Whether the connection is closed or released."""
        return self._connection is None or self._connection.is_closed

    @property
    def connection(self) -> aio.Connection | None:
        """The connection of `wasmysql.aio`; None once this connection is closed."""
        return self._connection

    @property
    def in_transaction(self) -> bool:
        """Whether an active transaction is open."""
        return self._transaction is not None and self._transaction.is_active

    def begin(self, **options: Any) -> Pending[Transaction]:
        """Begins a transaction: `async with conn.begin()`.

        Inside of a transaction it begins an inner one, whose commit does nothing, and whose
        rollback rolls back the enclosing savepoint or transaction.

        The options are `isolation`, `read_only` and `consistent_snapshot`.
        """
        return Pending(self._begin(options), _leave_transaction)

    async def _begin(self, options: dict[str, Any]) -> Transaction:
        handle = await converted(self._open().begin(**options))
        if self._transaction is not None:
            return Transaction(self, self._transaction, handle)
        self._transaction = RootTransaction(self, handle)
        return self._transaction

    def begin_nested(self) -> Pending[Transaction]:
        """Begins a savepoint, or a transaction if none is open."""
        return Pending(self._begin_nested(), _leave_transaction)

    async def _begin_nested(self) -> Transaction:
        handle = await converted(self._open().begin_nested())
        if self._transaction is None:
            self._transaction = RootTransaction(self, handle)
        else:
            self._transaction = NestedTransaction(self, self._transaction, handle)
        return self._transaction

    def begin_twophase(self, xid: str | None = None) -> Pending[TwoPhaseTransaction]:
        """Begins a two-phase transaction. Without a name, the host generates a random one."""
        return Pending(self._begin_twophase(xid), _leave_transaction)

    async def _begin_twophase(self, xid: str | None) -> TwoPhaseTransaction:
        raw = self._open()
        if self._transaction is not None:
            raise InvalidRequestError(IN_PROGRESS)
        handle = await converted(raw.begin_twophase(xid))
        self._transaction = TwoPhaseTransaction(self, handle)
        return self._transaction

    async def recover_twophase(self) -> list[str]:
        """Returns the names of this program's prepared transactions."""
        return await converted(self._open().recover_twophase())

    async def commit_prepared(self, xid: str, *, is_prepared: bool = True) -> None:
        """Commits a two-phase transaction, of this connection or of one that has ended. With
        `is_prepared=False`, it is one of this connection that is not prepared."""
        own = self._own_twophase(xid, is_prepared)
        if own is not None:
            await own.commit()
        else:
            await converted(self._open().commit_prepared(xid))

    async def rollback_prepared(self, xid: str, *, is_prepared: bool = True) -> None:
        """Rolls back a two-phase transaction, as `commit_prepared` commits it."""
        own = self._own_twophase(xid, is_prepared)
        if own is not None:
            await own.rollback()
        else:
            await converted(self._open().rollback_prepared(xid))

    def _own_twophase(self, xid: str, is_prepared: bool) -> TwoPhaseTransaction | None:
        """Returns the transaction of this connection with the name."""
        own = self._transaction
        if isinstance(own, TwoPhaseTransaction) and own.xid == xid:
            return own
        if not is_prepared:
            raise InvalidRequestError(f"the connection has no two-phase transaction {xid!r}")
        return None

    def _leave(self, ended: Transaction) -> None:
        """Continues with the transaction that encloses the ended one."""
        current = self._transaction
        while current is not None and current is not ended:
            current = None if current._parent is current else current._parent
        if current is not None:
            self._transaction = None if ended._parent is ended else ended._parent

    def _release(self) -> aio.Connection | None:
        """Closes this connection and returns that of `wasmysql.aio`; None the second time."""
        raw, self._connection = self._connection, None
        self._transaction = None
        return raw

    async def close(self) -> None:
        """Rolls back an open transaction and releases the connection. A second `close` does
        nothing."""
        if self._connection is None:
            return
        current, self._transaction = self._transaction, None
        try:
            while current is not None and current._parent is not current:
                current = current._parent
            if current is not None:
                await current.rollback()
        except errors.Error:
            pass  # The host closes the session, which rolls back.
        finally:
            released = self._engine.release(self)
            self._release()
        if inspect.isawaitable(released):
            await released

    async def __aenter__(self) -> "SAConnection":
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.close()


async def _leave_transaction(transaction: Transaction, error: BaseException | None) -> None:
    kind = None if error is None else type(error)
    await transaction.__aexit__(kind, error, None)
