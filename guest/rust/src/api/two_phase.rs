//! Transactions in two phases.

use super::{Connection, maybe_async, wit};
use crate::error::{Error, ErrorKind, Result};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A two-phase (XA) transaction, and the connection it is on: it derefs to `Connection`, as a `Transaction` does.
/// Dropping it rolls back, unless it was committed.
///
/// Its first phase, `prepare`, leaves nothing that can fail but the decision; so several transactions, of several
/// servers, can be committed together.
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
    /// Errors: `ProtocolViolation` when the host does not tell its xid.
    pub(super) fn new(connection: &'c mut Connection, transaction: wit::Transaction) -> Result<Self> {
        let nameless =
            || Error::new(ErrorKind::ProtocolViolation, "the host began a two-phase transaction without an xid");
        let xid = transaction.xid().ok_or_else(nameless)?;
        Ok(Self { connection, transaction, xid })
    }

    /// Its name: the one that was given, or the one that the host made.
    pub fn xid(&self) -> &str {
        &self.xid
    }

    /// Ends the first phase: the server keeps the transaction, with its locks, until it is committed or rolled back,
    /// also when everything else fails. No statement can follow.
    ///
    /// Errors: `TransactionAborted` when the transaction is lost; `InvalidRequest` when it has ended already; `Server`
    /// when the server refused, and all is rolled back; `Timeout` or `ConnectionLost` when the answer never came, and
    /// `Connection::recover_twophase` on another connection tells whether it is prepared.
    pub async fn prepare(self) -> Result<PreparedTransaction<'c>> {
        self.transaction.prepare().await?;
        Ok(PreparedTransaction { transaction: self.transaction, xid: self.xid, connection: PhantomData })
    }

    /// Commits in one phase. Errors: those of `Transaction::commit`.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back. Unlike dropping, it waits until that is done and tells of errors.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Whether it can still be committed.
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

/// A two-phase transaction that is prepared: it waits for its decision.
///
/// Dropped, or when its decision fails, it stays prepared at the server, with its locks, and its connection is closed;
/// `Connection::commit_prepared` and `rollback_prepared` decide it then, from any connection.
#[maybe_async]
#[derive(Debug)]
#[must_use = "dropping it leaves it prepared, and closes the connection"]
pub struct PreparedTransaction<'c> {
    transaction: wit::Transaction,
    xid: String,
    /// It has the connection to itself: no statement runs before the decision.
    connection: PhantomData<&'c mut Connection>,
}

#[maybe_async]
impl PreparedTransaction<'_> {
    /// Its name, for `Connection::commit_prepared` and `rollback_prepared`.
    pub fn xid(&self) -> &str {
        &self.xid
    }

    /// Commits.
    ///
    /// Errors: `Server` when the server refused, `CommitUnknown` when the answer never came, and
    /// `Connection::recover_twophase` on another connection tells what became of it.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back. Errors: `Server` when the server refused, `Timeout(Rollback)` or `ConnectionLost` when the answer
    /// never came.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}
