//! Transactions.

use std::ops::{Deref, DerefMut};

use super::{Connection, maybe_async, wit};
use crate::error::Result;

/// A transaction or a savepoint, from `Connection::begin` and `Connection::begin_nested`.
///
/// It derefs to `Connection`, so functions that take `&mut Connection` can run inside the
/// transaction. Dropping it rolls back, unless the transaction has ended.
///
/// # Examples
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

    /// Commits the transaction. A savepoint is released.
    ///
    /// # Errors
    ///
    /// - `TransactionAborted`: the transaction can no longer be committed.
    /// - `Server`: the server refused, and everything is rolled back.
    /// - `CommitUnknown`: the commit is in doubt. No answer shows whether the commit happened.
    /// - `InvalidRequest`: the transaction has already ended.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the commit in doubt, and closes the connection.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Rolls back the transaction. A savepoint undoes everything since it began.
    ///
    /// Dropping the transaction does the same in the background. `rollback` waits for the server
    /// and reports errors.
    ///
    /// # Errors
    ///
    /// - `Server`, `Timeout(Rollback)`, `ConnectionLost`: the connection is closed, which also
    ///   rolls back.
    /// - `TransactionAborted`: the server ended the transaction (`ImplicitCommit`, `Other`). Its
    ///   changes may be kept.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection, which also rolls back.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Ends the transaction without a commit.
    ///
    /// The outermost transaction is rolled back. A savepoint or an inner transaction ends without
    /// effect: its changes belong to the enclosing transaction.
    ///
    /// # Errors
    ///
    /// As for [`rollback`](Self::rollback).
    ///
    /// # Cancel safety
    ///
    /// As for [`rollback`](Self::rollback).
    pub async fn close(self) -> Result<()> {
        Ok(self.transaction.close().await?)
    }

    /// Returns whether the transaction can still be committed.
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
