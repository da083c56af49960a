"""Transactions, savepoints and two-phase transactions.

The host holds the state: whether a transaction is active is asked, not remembered.
"""

from typing import Any

from .. import errors
from .exc import InvalidRequestError, converted, with_details

INACTIVE = "This transaction is inactive"


class Transaction:
    """An inner transaction: `begin` inside of a transaction.

    Its commit does nothing. Its rollback rolls back the enclosing savepoint or transaction.
    """

    def __init__(self, connection: Any, parent: "Transaction | None", handle: Any):
        self._connection = connection
        self._parent = parent or self
        #: The transaction of `wasmysql.aio`.
        self._handle = handle
        #: Whether `commit`, `rollback` or `close` has ended it.
        self._ended = False

    @property
    def is_active(self) -> bool:
        """Whether the transaction can still be committed."""
        return not self._ended and self._handle.is_active

    @property
    def connection(self) -> Any:
        """The SAConnection."""
        return self._connection

    async def commit(self) -> None:
        """Commits the transaction. Fails if it, or the enclosing transaction, is inactive."""
        if not self._parent.is_active or (not self._ended and not self._handle.is_active):
            await self._refuse()
        # A second commit inside of an active transaction does nothing, as in aiomysql.
        if not self._ended:
            await self._end(self._handle.commit)

    async def rollback(self) -> None:
        """Rolls back the transaction. Does nothing if it has ended."""
        if not self._ended:
            await self._end(self._handle.rollback)

    async def close(self) -> None:
        """Ends the transaction without a commit. The outermost transaction is rolled back. The
        changes of others belong to the enclosing transaction."""
        if not self._ended:
            await self._end(self._handle.close)

    async def _end(self, method: Any) -> None:
        try:
            await converted(method())
        finally:
            # A commit of a prepared transaction can be tried again.
            if not self._handle.is_active:
                self._ended = True
                self._connection._leave(self)

    async def _refuse(self) -> None:
        """Fails, with the reason of the host."""
        refused = InvalidRequestError(INACTIVE)
        if self._ended:
            raise refused
        try:
            await self._handle.commit()
        except errors.Error as error:
            with_details(refused, error)
        # No commit can follow, so the connection becomes usable.
        try:
            await self._handle.rollback()
        except errors.Error:
            pass
        self._ended = True
        self._connection._leave(self)
        raise refused

    def _has_ended(self) -> bool:
        """Returns whether the program ended this transaction, or one that encloses it."""
        return self._ended or (self._parent is not self and self._parent._has_ended())

    async def __aenter__(self) -> "Transaction":
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None:
            if not self._has_ended():
                await self.commit()
            return
        try:
            await self.rollback()
        except errors.Error as failure:
            # The exception of the block is the cause. The host has closed the connection.
            error.add_note(f"the rollback failed: {failure}")


class RootTransaction(Transaction):
    """The outermost transaction."""

    def __init__(self, connection: Any, handle: Any):
        super().__init__(connection, None, handle)


class NestedTransaction(Transaction):
    """A savepoint."""


class TwoPhaseTransaction(RootTransaction):
    """A two-phase (XA) transaction."""

    def __init__(self, connection: Any, handle: Any):
        super().__init__(connection, handle)
        self._xid = handle.xid

    @property
    def xid(self) -> str:
        """The name of the transaction."""
        return self._xid

    async def prepare(self) -> None:
        """Prepares the transaction. It can then be committed also after the connection ends."""
        if not self.is_active:
            raise InvalidRequestError(INACTIVE)
        await converted(self._handle.prepare())
