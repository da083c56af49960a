"""Connections: server sessions."""

import weakref
from types import TracebackType
from typing import Any

from .. import _contract, errors
from .calls import call, drop
from .cursors import Cursor
from .server import Server
from .transactions import Transactions
from .two_phase import TwoPhase


class Connection(TwoPhase):
    """A session, from `connect` until it is closed.

    Autocommit is off, as PEP 249 requires: the first statement begins a transaction, which `commit`
    or `rollback` ends. A schema change commits it, as everywhere in MySQL, and the next statement
    begins a new one. After an error that rolled the transaction back, such as a deadlock, all
    statements fail until `rollback`.
    """

    def __init__(self, resource: Any, server: Server):
        self._resource: Any = resource
        self._transactions = Transactions(resource)
        self._is_autocommit = False
        #: The cursor that reads its rows from the server while they are fetched.
        self._reading: weakref.ref[Any] | None = None
        #: Information on the server.
        self.server = server

    def cursor(self, cursor: type[Cursor] | None = None) -> Any:
        """Returns a new cursor: `Cursor`, `DictCursor` or `StreamingCursor`."""
        self._session()
        return (cursor or Cursor)(self)

    def begin(self, *, read_only: bool = False, consistent_snapshot: bool = False) -> None:
        """Begins a transaction, also if autocommit is on."""
        self._session()
        if self._transactions.is_open:
            raise errors.invalid("a transaction is open; commit it or roll it back")
        self._transactions.begin(read_only, consistent_snapshot)

    def commit(self) -> None:
        """Commits the transaction. Does nothing if none is open.

        If the commit fails, the transaction is rolled back, or in doubt (`commit-unknown`).
        """
        self._session()
        self._refuse_two_phase()
        self._close_reading()
        self._transactions.commit()

    def rollback(self) -> None:
        """Rolls back the transaction. Does nothing if none is open."""
        self._session()
        self._refuse_two_phase()
        self._close_reading()
        self._transactions.rollback()

    def autocommit(self, value: bool) -> None:
        """Sets whether each statement is committed by itself. Commits an open transaction if the
        value changes to true."""
        self._session()
        if value and not self._is_autocommit and self._transactions.is_open:
            self.commit()
        self._is_autocommit = bool(value)

    def get_autocommit(self) -> bool:
        """Returns whether each statement is committed by itself."""
        return self._is_autocommit

    @property
    def isolation_level(self) -> str | None:
        """The level of the next transactions, such as `READ COMMITTED`; None: the server's."""
        return self._transactions.isolation

    @isolation_level.setter
    def isolation_level(self, level: str | None) -> None:
        self._transactions.isolation = level

    def savepoint(self, name: str) -> None:
        """Begins a savepoint. Begins a transaction first if none is open."""
        self._session()
        if not self._transactions.is_open:
            self._transactions.begin()
        self._transactions.savepoint(name)

    def rollback_to_savepoint(self, name: str) -> None:
        """Rolls back to a savepoint. The savepoint ends, and those that began after it."""
        self._session()
        self._close_reading()
        self._transactions.rollback_to(name)

    def release_savepoint(self, name: str) -> None:
        """Ends a savepoint and those that began after it. Their changes stay."""
        self._session()
        self._transactions.release(name)

    def ping(self, reconnect: bool = False) -> None:
        """Asks the server for an answer. A session that has ended is never replaced."""
        call(self._session().ping)

    def show_warnings(self) -> list[tuple[str, int, str]]:
        """Returns level, number and text of the warnings of the last statement."""
        found = call(self._session().warnings)
        return [(warning.level, warning.code, warning.message) for warning in found]

    def get_server_info(self) -> str:
        """Returns the version of the server."""
        return self.server.version

    def character_set_name(self) -> str:
        """Returns the character set of the session."""
        return self.server.charset

    @property
    def open(self) -> bool:
        """Whether the session has not ended."""
        return self._resource is not None and not self._resource.is_closed()

    def close(self) -> None:
        """Rolls back an open transaction and releases the session. A second `close` does nothing.

        A prepared two-phase transaction stays at the server.
        """
        if self._resource is None:
            return
        resource, self._resource = self._resource, None
        reading = self._reading and self._reading()
        if reading is not None:
            reading._forget()
        try:
            if not self._transactions.is_prepared:
                call(resource.close)
        finally:
            self._transactions.forget()
            drop(resource)

    def _execute(self, sql: str, values: list[Any], options: Any) -> Any:
        """Executes a statement, in a transaction unless autocommit is on. Returns the outcome."""
        return self._send(_contract.blocking_connection.Connection.execute, sql, values, options)

    def _execute_rows(self, sql: str, rows: Any, options: Any) -> Any:
        execute_many = _contract.blocking_connection.Connection.execute_many
        return self._send(execute_many, sql, rows, options)

    def _send(self, method: Any, sql: str, parameters: Any, options: Any) -> Any:
        session = self._session()
        transactions = self._transactions
        if not self._is_autocommit and not transactions.is_open:
            transactions.begin()
        try:
            outcome = call(method, session, sql, parameters, options)
        except errors.Error as error:
            if error.transaction_state == "none":
                transactions.forget_ended()
            raise
        if transactions.is_open and transactions.may_end(sql):
            transactions.forget_ended()
        return outcome

    def _session(self) -> Any:
        if self._resource is None:
            raise errors.closed("the connection is closed")
        return self._resource

    def _close_reading(self) -> None:
        """Discards the rows that a cursor has not read: the connection is busy until then."""
        reading = self._reading and self._reading()
        if reading is not None:
            reading._discard()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
