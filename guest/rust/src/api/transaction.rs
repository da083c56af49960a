//! Transactions and savepoints.

use std::ops::{Deref, DerefMut};

use super::{Connection, maybe_async, wit};
use crate::error::Result;
use crate::transaction_options::TransactionOptions;

#[maybe_async]
impl Connection {
    /// Begins a transaction. Dropping it without [`commit`](Transaction::commit) rolls it back.
    ///
    /// By default, the host ends a transaction that is open for longer than 60 s or idle for longer
    /// than 10 s. The grant can set other limits. Later calls then fail with
    /// `TransactionAborted(Timeout)` or `TransactionAborted(Idle)`.
    ///
    /// Inside an open transaction, the call begins an emulated inner transaction. Its commit does
    /// nothing. Its rollback or drop rolls back the enclosing savepoint, or the whole transaction
    /// if there is no savepoint. Statements then fail with `TransactionAborted(InnerRollback)`
    /// until the enclosing transaction is rolled back too. Use [`begin_nested`](Self::begin_nested)
    /// for a part that can be rolled back separately.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and `LimitExceeded(TransactionDepth)` if transactions are
    /// nested too deeply.
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
    /// let mut tx = conn.begin().await?;
    /// tx.execute("DELETE FROM visits WHERE page = ?", ("/",)).await?;
    /// tx.commit().await
    /// # }
    /// ```
    pub async fn begin(&mut self) -> Result<Transaction<'_>> {
        self.begin_with(TransactionOptions::new()).await
    }

    /// Begins a transaction with options.
    ///
    /// # Errors
    ///
    /// As for [`begin`](Self::begin), and:
    ///
    /// - `Argument`: options for an inner transaction, or a consistent snapshot with an isolation
    ///   level other than `RepeatableRead`.
    /// - `StatementDenied`: isolation `Serializable`, where the grant or the engine is read-only.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Connection, IsolationLevel, Result, TransactionOptions};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let options = TransactionOptions::new().isolation(IsolationLevel::ReadCommitted).read_only(true);
    /// let mut tx = conn.begin_with(options).await?;
    /// let balance: i64 = tx.query_scalar("SELECT SUM(balance) FROM accounts", ()).await?;
    /// tx.commit().await
    /// # }
    /// ```
    pub async fn begin_with(&mut self, options: TransactionOptions) -> Result<Transaction<'_>> {
        let transaction = self.session.begin(options.into()).await?;
        Ok(Transaction::new(self, transaction))
    }

    /// Begins a savepoint inside the open transaction. A savepoint can be rolled back separately.
    ///
    /// Without an open transaction, the call begins one, as [`begin`](Self::begin) does.
    ///
    /// # Errors
    ///
    /// As for [`begin`](Self::begin).
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
    /// let mut tx = conn.begin().await?;
    /// tx.execute("INSERT INTO orders (id) VALUES (1)", ()).await?;
    /// let mut gift = tx.begin_nested().await?;
    /// match gift.execute("INSERT INTO gifts (order_id) VALUES (1)", ()).await {
    ///     Ok(_) => gift.commit().await?,
    ///     Err(_) => gift.rollback().await?,
    /// }
    /// tx.commit().await
    /// # }
    /// ```
    pub async fn begin_nested(&mut self) -> Result<Transaction<'_>> {
        let savepoint = self.session.begin_nested().await?;
        Ok(Transaction::new(self, savepoint))
    }
}

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
