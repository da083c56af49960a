"""The transaction of a connection, and its savepoints."""

import re
from typing import Any

from .. import _contract, _options, errors
from .calls import call, drop

#: Statements that never commit implicitly and never end a transaction.
CONTAINED = re.compile(r"\s*\(*\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES)\b", re.I)


class Transactions:
    """The open transactions of the contract: the outermost one, and its savepoints."""

    def __init__(self, connection: Any):
        self._connection = connection
        #: The outermost transaction; None if none is open.
        self._root: Any = None
        #: The savepoints with their names, outermost first.
        self._savepoints: list[tuple[str, Any]] = []
        #: The name of the two-phase transaction; None for any other.
        self.xid: str | None = None
        self.is_prepared = False
        self.isolation: str | None = None

    @property
    def is_open(self) -> bool:
        return self._root is not None

    @property
    def isolation(self) -> str | None:
        """The level of the transactions that begin from now on."""
        return self._isolation

    @isolation.setter
    def isolation(self, level: str | None) -> None:
        self._options = _options.transaction(level, False, False)
        self._isolation = level

    def begin(self, read_only: bool = False, consistent_snapshot: bool = False) -> None:
        options = self._options
        if read_only or consistent_snapshot:
            options = _options.transaction(self._isolation, read_only, consistent_snapshot)
        self._root = call(self._connection.begin, options)

    def begin_twophase(self, xid: str) -> None:
        self._root = call(self._connection.begin_twophase, xid)
        self.xid = xid

    def prepare(self) -> None:
        call(self._root.prepare)
        self.is_prepared = True

    def commit(self) -> None:
        if self._root is None:
            return
        try:
            call(self._root.commit)
        except errors.Error as error:
            if error.kind != "busy" and not self.is_prepared:
                self._abandon()
            raise
        self.forget()

    def rollback(self) -> None:
        if self._root is None:
            return
        try:
            call(self._root.rollback)
        except errors.Error as error:
            if error.kind != "busy" and not self.is_prepared:
                self.forget()
            raise
        self.forget()

    def savepoint(self, name: str) -> None:
        self._savepoints.append((name, call(self._connection.begin_nested)))

    def rollback_to(self, name: str) -> None:
        self._end(name, _contract.blocking_connection.Transaction.rollback)

    def release(self, name: str) -> None:
        self._end(name, _contract.blocking_connection.Transaction.commit)

    def _end(self, name: str, method: Any) -> None:
        names = [other for other, _ in self._savepoints]
        if name not in names:
            # The number and the text of the server.
            raise errors.OperationalError(1305, f"SAVEPOINT {name} does not exist")
        place = len(names) - 1 - names[::-1].index(name)
        call(method, self._savepoints[place][1])
        self._drop_savepoints(place)

    def may_end(self, sql: str) -> bool:
        """Returns whether the statement may have ended the transaction: a schema change commits it,
        and a procedure can commit it."""
        return CONTAINED.match(sql) is None

    def forget_ended(self) -> None:
        """Forgets the transaction if the server has ended it, so that the next statement begins
        another one."""
        if self._root is not None and self.xid is None and not self._root.is_active():
            self._abandon()

    def _abandon(self) -> None:
        """Ends a transaction that can't be committed, whose changes the server has decided on."""
        try:
            call(self._root.rollback)
        except errors.Error:
            # The host reports once that the server has ended the transaction.
            pass
        self.forget()

    def forget(self) -> None:
        """Drops the handles. A transaction that is open is rolled back, a prepared one stays."""
        self._drop_savepoints(0)
        root, self._root = self._root, None
        self.xid, self.is_prepared = None, False
        if root is not None:
            drop(root)

    def _drop_savepoints(self, place: int) -> None:
        while len(self._savepoints) > place:
            drop(self._savepoints.pop()[1])
