//! Two-phase (XA) transactions.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::{Connection, maybe_async, wit};
use crate::error::{Error, ErrorKind, Result};

#[maybe_async]
impl Connection {
    /// Begins a two-phase (XA) transaction. Once prepared, it can be committed or rolled back after
    /// this connection has ended.
    ///
    /// `xid` names the transaction, in 1 to 64 bytes. If it is `None`, the host generates a random
    /// name. Xids of other plugins are invisible and never collide with it.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and:
    ///
    /// - `InvalidRequest`: a transaction is open.
    /// - `Argument`: the xid is not 1 to 64 bytes long.
    /// - `StatementDenied`: the grant is read-only.
    /// - `LimitExceeded(PreparedTransactions)`: too many prepared transactions are undecided, by
    ///   default 8.
    /// - `Server` 1440: the xid is in use.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn begin_twophase<'x>(&mut self, xid: impl Into<Option<&'x str>>) -> Result<TwoPhaseTransaction<'_>> {
        let transaction = match xid.into() {
            Some(xid) => self.session.begin_twophase(Some(give!(xid))).await?,
            None => self.session.begin_twophase(None).await?,
        };
        TwoPhaseTransaction::new(self, transaction)
    }

    /// Returns the xids of this plugin's prepared transactions that are neither committed nor
    /// rolled back. Any connection may have prepared them.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// for xid in conn.recover_twophase().await? {
    ///     conn.rollback_prepared(&xid).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recover_twophase(&mut self) -> Result<Vec<String>> {
        Ok(self.session.recover_twophase().await?)
    }

    /// Commits a prepared transaction whose connection has ended.
    ///
    /// MySQL also commits it while its connection still holds it. The methods of the holder then
    /// fail with `Server` 1397.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and:
    ///
    /// - `Server` 1397: this plugin has no such transaction, or on MariaDB its connection still
    ///   holds it.
    /// - `InvalidRequest`: a transaction is open on this connection.
    /// - `CommitUnknown`: the commit is in doubt. [`recover_twophase`](Self::recover_twophase) on
    ///   another connection shows whether the transaction is still prepared.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the commit in doubt.
    pub async fn commit_prepared(&mut self, xid: &str) -> Result<()> {
        Ok(self.session.commit_prepared(give!(xid)).await?)
    }

    /// Rolls back a prepared transaction whose connection has ended. MySQL also rolls it back while
    /// its connection still holds it.
    ///
    /// # Errors
    ///
    /// As for [`commit_prepared`](Self::commit_prepared), except that a missing answer is
    /// `Timeout(Rollback)` or `ConnectionLost`.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the rollback in doubt.
    pub async fn rollback_prepared(&mut self, xid: &str) -> Result<()> {
        Ok(self.session.rollback_prepared(give!(xid)).await?)
    }
}

/// A two-phase (XA) transaction, from `Connection::begin_twophase`.
///
/// It derefs to `Connection`, as a `Transaction` does. Dropping it rolls back, unless it was
/// committed.
///
/// The first phase, [`prepare`](Self::prepare), makes the transaction durable on the server. In the
/// second phase, prepared transactions on several servers are committed together.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, Result};
/// # async fn example(shop: &mut Connection, bank: &mut Connection) -> Result<()> {
/// let mut order = shop.begin_twophase("order-1138").await?;
/// order.execute("INSERT INTO orders VALUES (?, ?)", (1138, "tea")).await?;
/// let mut payment = bank.begin_twophase("payment-1138").await?;
/// payment.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (10, 1)).await?;
///
/// let order = order.prepare().await?;
/// let payment = payment.prepare().await?;
/// order.commit().await?;
/// payment.commit().await
/// # }
/// ```
#[maybe_async]
#[derive(Debug)]
#[must_use = "dropping it rolls back"]
pub struct TwoPhaseTransaction<'c> {
    connection: &'c mut Connection,
    transaction: wit::Transaction,
    xid: String,
}

#[maybe_async]
impl<'c> TwoPhaseTransaction<'c> {
    /// # Errors
    ///
    /// `ProtocolViolation` if the host does not return the xid.
    pub(super) fn new(connection: &'c mut Connection, transaction: wit::Transaction) -> Result<Self> {
        let missing_xid =
            || Error::new(ErrorKind::ProtocolViolation, "the host began a two-phase transaction without an xid");
        let xid = transaction.xid().ok_or_else(missing_xid)?;
        Ok(Self { connection, transaction, xid })
    }

    /// Returns the xid: the given name, or the name generated by the host.
    pub fn xid(&self) -> &str {
        &self.xid
    }

    /// Prepares the transaction, which ends the first phase.
    ///
    /// The server keeps the transaction and its locks until it is committed or rolled back, also if
    /// the connection breaks. No statement can follow.
    ///
    /// # Errors
    ///
    /// - `TransactionAborted`: the transaction can no longer be committed.
    /// - `InvalidRequest`: the transaction has already ended.
    /// - `Server`: the server refused, and everything is rolled back.
    /// - `Timeout`, `ConnectionLost`: no answer arrived. [`Connection::recover_twophase`] on
    ///   another connection shows whether the transaction is prepared.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future closes the connection. [`Connection::recover_twophase`]
    /// on another connection shows whether the transaction is prepared.
    pub async fn prepare(self) -> Result<PreparedTransaction<'c>> {
        self.transaction.prepare().await?;
        Ok(PreparedTransaction { transaction: self.transaction, xid: self.xid, connection: PhantomData })
    }

    /// Commits the transaction in one phase.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::commit`](super::Transaction::commit).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the commit in doubt, and closes the connection.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back the transaction.
    ///
    /// Dropping the transaction does the same in the background. `rollback` waits for the server
    /// and reports errors.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::rollback`](super::Transaction::rollback).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection, which also rolls back.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Returns whether the transaction can still be committed.
    pub fn is_active(&self) -> bool {
        self.transaction.is_active()
    }
}

impl Deref for TwoPhaseTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for TwoPhaseTransaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

/// A prepared two-phase transaction, from `TwoPhaseTransaction::prepare`.
///
/// If it is dropped, or if its commit or rollback fails, the connection is closed. The transaction
/// stays prepared on the server, with its locks. [`Connection::commit_prepared`] or
/// [`Connection::rollback_prepared`] on any connection ends it.
#[maybe_async]
#[derive(Debug)]
#[must_use = "dropping it leaves it prepared, and closes the connection"]
pub struct PreparedTransaction<'c> {
    transaction: wit::Transaction,
    xid: String,
    /// Borrows the connection: no statement can be executed before the commit or rollback.
    connection: PhantomData<&'c mut Connection>,
}

#[maybe_async]
impl PreparedTransaction<'_> {
    /// Returns the xid, for [`Connection::commit_prepared`] and [`Connection::rollback_prepared`].
    pub fn xid(&self) -> &str {
        &self.xid
    }

    /// Commits the transaction, which ends the second phase.
    ///
    /// # Errors
    ///
    /// - `Server`: the server refused. The transaction stays prepared.
    /// - `CommitUnknown`: the commit is in doubt. [`Connection::recover_twophase`] on another
    ///   connection shows whether the transaction is still prepared.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the commit in doubt, and closes the connection.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back the transaction.
    ///
    /// # Errors
    ///
    /// - `Server`: the server refused. The transaction stays prepared.
    /// - `Timeout(Rollback)`, `ConnectionLost`: no answer arrived. [`Connection::recover_twophase`]
    ///   on another connection shows whether the transaction is still prepared.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the rollback in doubt, and closes the
    /// connection.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}
