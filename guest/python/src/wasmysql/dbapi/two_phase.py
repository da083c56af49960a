"""Two-phase transactions: the optional part of PEP 249."""

from typing import Any

from .. import _options, errors
from .calls import call
from .transactions import Transactions


class TwoPhase:
    """The methods `tpc_*` of a connection.

    A transaction is named by a text of 1 to 64 bytes. The host keeps the names of programs apart.
    """

    _transactions: Transactions

    def _session(self) -> Any:
        raise NotImplementedError

    def _close_reading(self) -> None:
        raise NotImplementedError

    def xid(self, format_id: int, global_transaction_id: str, branch_qualifier: str = "") -> str:
        """Returns the name of a transaction: the global id. The host sets the other two parts."""
        return global_transaction_id

    def tpc_begin(self, xid: str) -> None:
        """Begins a two-phase transaction."""
        self._session()
        if self._transactions.is_open:
            raise errors.invalid("a transaction is open; commit it or roll it back")
        self._transactions.begin_twophase(_options.name(xid, "xid"))

    def tpc_prepare(self) -> None:
        """Prepares the transaction. It then survives the end of the connection."""
        self._session()
        self._require_two_phase()
        self._close_reading()
        self._transactions.prepare()

    def tpc_commit(self, xid: str | None = None) -> None:
        """Commits the transaction of this connection, in one phase if it is not prepared; with a
        name, commits a prepared transaction whose connection has ended."""
        session = self._session()
        if xid is not None and xid != self._transactions.xid:
            call(session.commit_prepared, _options.name(xid, "xid"))
            return
        self._require_two_phase()
        self._close_reading()
        self._transactions.commit()

    def tpc_rollback(self, xid: str | None = None) -> None:
        """Rolls back the transaction of this connection; with a name, rolls back a prepared
        transaction whose connection has ended."""
        session = self._session()
        if xid is not None and xid != self._transactions.xid:
            call(session.rollback_prepared, _options.name(xid, "xid"))
            return
        self._require_two_phase()
        self._close_reading()
        self._transactions.rollback()

    def tpc_recover(self) -> list[str]:
        """Returns the names of this program's prepared transactions."""
        return call(self._session().recover_twophase)

    def _require_two_phase(self) -> None:
        if self._transactions.xid is None:
            raise errors.invalid("no two-phase transaction is open; begin one with tpc_begin")

    def _refuse_two_phase(self) -> None:
        if self._transactions.xid is not None:
            raise errors.invalid(
                "a two-phase transaction is open; end it with tpc_commit or tpc_rollback"
            )
