"""Transactions, savepoints and two-phase transactions."""

from types import TracebackType
from typing import Any

from .. import _contract, errors
from .handles import Handle


class Transaction:
    """A transaction or a savepoint.

    With `async with`, it is committed at the end of the block, and rolled back after an exception.
    A transaction that nobody ends is rolled back when it is dropped, at the latest with its
    connection.
    """

    def __init__(self, resource: Any, connection: Any):
        # The connection must live as long as the transaction.
        self._connection = connection
        self._handle = Handle(resource, "transaction")

    @property
    def is_active(self) -> bool:
        """Whether the transaction can still be committed."""
        return not self._handle.is_dropped and self._handle.resource.is_active()

    @property
    def has_ended(self) -> bool:
        """Whether the transaction was committed or rolled back by a call."""
        return self._handle.is_dropped

    async def commit(self) -> None:
        """Commits the transaction, or releases the savepoint."""
        await self._end(_contract.connection.Transaction.commit)

    async def rollback(self) -> None:
        """Rolls back the transaction, or everything since the savepoint. Does nothing if it has
        ended."""
        if not self._handle.is_dropped:
            await self._end(_contract.connection.Transaction.rollback)

    async def close(self) -> None:
        """Ends the transaction without a commit: rolls back the outermost one. The changes of a
        savepoint belong to the enclosing transaction."""
        if not self._handle.is_dropped:
            await self._end(_contract.connection.Transaction.close)

    async def _end(self, method: Any) -> None:
        if self._handle.is_dropped:
            raise errors.invalid("This transaction is inactive")
        try:
            await self._handle.call(method)
        except errors.Error:
            # A commit that the server refused can be tried again if the transaction is prepared.
            if not self._handle.resource.is_active():
                self._handle.drop()
            raise
        self._handle.drop()

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._handle.is_dropped:
            return
        if error is None:
            await self.commit()
            return
        try:
            await self.rollback()
        except errors.Error as failure:
            # The exception of the block is the cause. The session has ended, which rolls back.
            error.add_note(f"the rollback failed: {failure}")
        finally:
            self._handle.drop()


class TwoPhaseTransaction(Transaction):
    """A two-phase (XA) transaction."""

    @property
    def xid(self) -> str:
        """The name of the transaction."""
        return self._handle.resource.xid()

    async def prepare(self) -> None:
        """Prepares the transaction. The server keeps it, also if the connection breaks, until it
        is committed or rolled back."""
        if self._handle.is_dropped:
            raise errors.invalid("This transaction is inactive")
        await self._handle.call(_contract.connection.Transaction.prepare)
