//! Transactions.

use super::{Connection, maybe_async, wit};
use crate::error::Result;
use std::ops::{Deref, DerefMut};

/// A transaction, and the connection it is on: it derefs to `Connection`, so a function that takes `&mut Connection`
/// runs within it. Dropping it rolls back, unless it has ended.
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
#[maybe_async]
#[derive(Debug)]
#[must_use = "dropping it rolls back"]
pub struct Transaction<'c> {
    connection: &'c mut Connection,
    transaction: wit::Transaction,
}

#[maybe_async]
impl<'c> Transaction<'c> {
    pub(super) fn new(connection: &'c mut Connection, transaction: wit::Transaction) -> Self {
        Self { connection, transaction }
    }

    /// Commits; a savepoint is released.
    ///
    /// Errors: `TransactionAborted` when the transaction is lost; `Server` when the server refused, and all is rolled
    /// back; `CommitUnknown` when the answer never came, and it may have happened or not; `InvalidRequest` when the
    /// transaction has ended already.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back; of a savepoint, what was done since it was begun. Unlike dropping, it waits until that is done and
    /// tells of errors.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Ends it without committing: the outermost is rolled back; a savepoint or an inner one is merely left, and what
    /// it did is part of what encloses it.
    pub async fn close(self) -> Result<()> {
        Ok(self.transaction.close().await?)
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
