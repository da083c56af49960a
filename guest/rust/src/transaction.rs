//! Transactions.

use crate::bindings::connection as wit;
use crate::bindings::types::IsolationLevel;
use crate::connection::Connection;
use crate::error::Result;
use std::ops::{Deref, DerefMut};

/// A transaction, and the connection it is on: it derefs to `Connection`, so a function that takes `&mut Connection`
/// runs within it. Dropping it rolls back, unless it was committed.
///
/// ```
/// # use wasmysql::{Connection, Result};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let mut tx = conn.begin().await?;
/// tx.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (10, 1)).await?;
/// tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", (10, 2)).await?;
/// tx.commit().await
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropping it rolls back"]
pub struct Transaction<'c> {
    connection: &'c mut Connection,
    transaction: wit::Transaction,
}

impl<'c> Transaction<'c> {
    pub(crate) fn new(connection: &'c mut Connection, transaction: wit::Transaction) -> Self {
        Self { connection, transaction }
    }

    /// Commits.
    ///
    /// Errors: `TransactionAborted` when the transaction is lost; `CommitUnknown` when the answer never came, and it
    /// may have happened or not; `InvalidRequest` when the transaction is not active.
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

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

/// How a transaction begins. All of it holds for this transaction only.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionOptions {
    isolation: Option<IsolationLevel>,
    read_only: bool,
    consistent_snapshot: bool,
}

impl TransactionOptions {
    /// What the session, the engine and the grant say.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much it sees of other transactions.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// The server refuses writes in it (error 1792).
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Takes the snapshot now rather than at the first read. Needs `IsolationLevel::RepeatableRead`.
    pub fn consistent_snapshot(mut self, now: bool) -> Self {
        self.consistent_snapshot = now;
        self
    }
}

impl From<TransactionOptions> for wit::TransactionOptions {
    fn from(options: TransactionOptions) -> Self {
        let TransactionOptions { isolation, read_only, consistent_snapshot } = options;
        Self { isolation, read_only, consistent_snapshot }
    }
}
