//! One server session.

use super::outcome::done;
use super::statement::Source;
use super::{Outcome, Prepared, Rows, Statement, Transaction, TwoPhaseTransaction, TypedRows, maybe_async, wit};
use crate::bindings::types::Warning;
use crate::decode::Decode;
use crate::error::{Result, TransactionState};
use crate::execute_result::ExecuteResult;
use crate::from_row::FromRow;
use crate::names::{nameless, place};
use crate::params::Params;
use crate::row::Row;
use crate::transaction_options::TransactionOptions;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many connections there were. Each has a number of its own, by which a prepared statement knows it: handles are
/// used again.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// A server session, from `Engine::acquire` until it is closed or dropped; either rolls back what is open.
///
/// Autocommit is on: a statement outside of a transaction is committed at once. Statements go through the prepared
/// protocol: one statement a call, and parameters never become SQL. A call that is cancelled before it is done is
/// stopped at the server, and the session is gone with it; so it is after `Timeout`, `ConnectionLost` and
/// `CommitUnknown`. Every later call is then `ResourceClosed`, or `TransactionAborted` within a transaction.
#[derive(Debug)]
pub struct Connection {
    pub(crate) session: wit::Connection,
    pub(super) number: u64,
}

#[maybe_async]
impl Connection {
    pub(super) fn new(session: wit::Connection) -> Self {
        Self { session, number: CONNECTIONS.fetch_add(1, Ordering::Relaxed) }
    }

    /// Runs a statement and tells what it did. Rows that it returns are given up.
    ///
    /// Errors, before anything is sent: `Argument` (number of parameters, a `:name` without a parameter of that name, a value
    /// out of range, a prepared statement of another connection), `StatementDenied`, `LimitExceeded`, `ResourceClosed`,
    /// `TransactionAborted`. Then `Server`, `Timeout(Execute)`, `ConnectionLost`, `ValueUnsupported`,
    /// `ProtocolViolation`.
    pub async fn execute<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<ExecuteResult> {
        done(self.call(sql, params).await?).await
    }

    /// Runs a statement and gives its rows as they are read. Errors: those of `execute`, and `ResourceClosed` when the
    /// statement, which has then been run, is one that returns no rows.
    pub async fn query<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Rows<'_>> {
        Rows::new(self.call(sql, params).await?)
    }

    /// Runs a statement that may return rows or not: which, is in the answer. Errors: those of `execute`.
    ///
    /// ```
    /// # use wasmysql::{Connection, Outcome, Result};
    /// # async fn example(conn: &mut Connection, sql: &str) -> Result<()> {
    /// match conn.run(sql, ()).await? {
    ///     Outcome::Rows(rows) => println!("{} rows", rows.all().await?.len()),
    ///     Outcome::ExecuteResult(done) => println!("{} rows affected", done.rows_affected()),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Outcome<'_>> {
        Outcome::new(self.call(sql, params).await?)
    }

    /// Runs a statement and gives its rows as they are read, each as a `T`. Errors: those of `query` and of [`FromRow`].
    pub async fn query_as<'s, T>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        params: impl Params,
    ) -> Result<TypedRows<'_, T>>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query(sql, params).await?.typed()
    }

    /// All rows of a query, each as a `T`. Errors: those of `query` and of [`FromRow`].
    pub async fn query_all_as<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.all().await
    }

    /// The only row of a query, as a `T`. Errors also: `NoResultFound`, `MultipleResultsFound`.
    pub async fn query_one_as<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.one().await
    }

    /// The only row of a query, as a `T`, or `None` where there is none. Errors also: `MultipleResultsFound`.
    pub async fn query_optional_as<'s, T>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        params: impl Params,
    ) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.optional().await
    }

    /// All rows of a query.
    pub async fn query_all<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<Row>> {
        self.query(sql, params).await?.all().await
    }

    /// The only row of a query. Errors also: `NoResultFound`, `MultipleResultsFound`.
    pub async fn query_one<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Row> {
        self.query(sql, params).await?.one().await
    }

    /// The only row of a query, or `None` where there is none. Errors also: `MultipleResultsFound`.
    pub async fn query_optional<'s>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        params: impl Params,
    ) -> Result<Option<Row>> {
        self.query(sql, params).await?.optional().await
    }

    /// The first column of the only row of a query. Errors: those of `query_one` and of `Row::get`.
    pub async fn query_scalar<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> Decode<'r>,
    {
        self.query(sql, params).await?.scalar().await
    }

    /// Prepares a statement, to run it many times: a reference to it goes where its text would.
    ///
    /// Placeholders are `?` or `:name`. Errors: those of `execute`, and `LimitExceeded(Statements)` when this connection has
    /// too many.
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let insert = conn.prepare("INSERT INTO airlines (carrier, name) VALUES (?, ?)").await?;
    /// assert_eq!(insert.parameters(), 2);
    /// conn.execute(&insert, ("AA", "American Airlines")).await?;
    /// conn.execute_many(&insert, [("B6", "JetBlue Airways"), ("UA", "United Air Lines")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(&mut self, sql: impl AsRef<str>) -> Result<Prepared> {
        let placed = place(sql.as_ref());
        if placed.others && !placed.names.is_empty() {
            return Err(nameless());
        }
        let statement = self.session.prepare(give!(placed.sql)).await?;
        Ok(Prepared::new(statement, placed.names, self.number))
    }

    /// Begins a transaction. It rolls back when it is dropped without `commit`.
    ///
    /// Within an open transaction it is an inner one: its commit does nothing, and its rollback, or drop, rolls back
    /// what encloses it (the innermost savepoint, else the whole transaction), after which statements are
    /// `TransactionAborted(InnerRollback)` until the enclosing one is rolled back too. One that can be rolled back by
    /// itself is begun with `begin_nested`.
    pub async fn begin(&mut self) -> Result<Transaction<'_>> {
        self.begin_with(TransactionOptions::new()).await
    }

    /// Begins a transaction with options, which an inner transaction can't have.
    pub async fn begin_with(&mut self, options: TransactionOptions) -> Result<Transaction<'_>> {
        let transaction = self.session.begin(options.into()).await?;
        Ok(Transaction::new(self, transaction))
    }

    /// Begins a savepoint: a transaction inside the open one that can be rolled back by itself. Without an open one it
    /// begins one, as `begin` does.
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

    /// Begins a two-phase (XA) transaction, whose outcome can be decided after this connection is gone. `xid` names it,
    /// in 1 to 64 bytes; of `None`, the host makes a random one. Other plugins neither see nor meet it.
    ///
    /// Errors: `InvalidRequest` inside a transaction, `Argument` for an xid of another length, `StatementDenied` when
    /// the grant only allows reading, `Server` 1440 when the xid is in use.
    pub async fn begin_twophase<'x>(&mut self, xid: impl Into<Option<&'x str>>) -> Result<TwoPhaseTransaction<'_>> {
        let transaction = match xid.into() {
            Some(xid) => self.session.begin_twophase(Some(give!(xid))).await?,
            None => self.session.begin_twophase(None).await?,
        };
        TwoPhaseTransaction::new(self, transaction)
    }

    /// The xids of this plugin's transactions that are prepared and not decided yet, on whatever connection they were.
    /// Errors: those of `execute`.
    pub async fn recover_twophase(&mut self) -> Result<Vec<String>> {
        Ok(self.session.recover_twophase().await?)
    }

    /// Commits a prepared transaction whose connection is gone.
    ///
    /// Errors: `Server` 1397 when this plugin has no such transaction, or its connection still has it;
    /// `InvalidRequest` inside a transaction; `CommitUnknown` when the answer never came, and `recover_twophase` tells
    /// what became of it.
    pub async fn commit_prepared(&mut self, xid: &str) -> Result<()> {
        Ok(self.session.commit_prepared(give!(xid)).await?)
    }

    /// Rolls a prepared transaction back whose connection is gone. Errors: those of `commit_prepared`, but
    /// `Timeout(Rollback)` or `ConnectionLost` when the answer never came.
    pub async fn rollback_prepared(&mut self, xid: &str) -> Result<()> {
        Ok(self.session.rollback_prepared(give!(xid)).await?)
    }

    /// The warnings of the last statement. The server is asked only when there are any.
    pub async fn warnings(&mut self) -> Result<Vec<Warning>> {
        Ok(self.session.warnings().await?)
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&mut self) -> Result<()> {
        Ok(self.session.ping().await?)
    }

    /// Whether a transaction is open, without asking the server.
    pub fn transaction_state(&self) -> TransactionState {
        self.session.transaction_state()
    }

    /// Whether the session is gone.
    pub fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    /// Gives the session back. Unlike dropping, it waits until the session is free for its next user and tells of
    /// errors.
    pub async fn close(self) -> Result<()> {
        Ok(self.session.close().await?)
    }

    async fn call<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<wit::Outcome> {
        let Statement { source, values, options } = sql.into().bind(params);
        Ok(match source {
            Source::Text(sql) => self.session.execute(give!(sql), give!(values), options).await?,
            Source::Prepared(prepared) => prepared.of(self.number)?.execute(give!(values), options).await?,
            Source::Invalid(error) => return Err(error),
        })
    }
}
