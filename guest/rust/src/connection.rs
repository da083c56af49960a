//! One server session.

use crate::bindings::connection as wit;
use crate::bindings::types::{RowBatch, Warning};
use crate::decode::Decode;
use crate::done::Done;
use crate::error::{Error, Result, TransactionState};
use crate::insert::insert_sql;
use crate::parameter_batch::ParameterBatch;
use crate::params::Params;
use crate::row::Row;
use crate::rows::Rows;
use crate::statement::Statement;
use crate::transaction::{Transaction, TransactionOptions};

/// A server session, from `Engine::acquire` until it is closed or dropped; either rolls back what is open.
///
/// Autocommit is on: a statement outside of a transaction is committed at once. Statements go through the prepared
/// protocol: one statement a call, and parameters never become SQL. A call whose future is dropped before it is done
/// is cancelled at the server, and the session is gone with it; so it is after `Timeout`, `ConnectionLost` and
/// `CommitUnknown`. Every later call is then `ResourceClosed`, or `TransactionAborted` within a transaction.
#[derive(Debug)]
pub struct Connection {
    session: wit::Connection,
}

impl Connection {
    pub(crate) fn new(session: wit::Connection) -> Self {
        Self { session }
    }

    /// Runs a statement and tells what it did. Rows that it returns are given up.
    ///
    /// Errors, before anything is sent: `Argument` (number of parameters, a `:name` placeholder, a value out of range),
    /// `StatementDenied`, `LimitExceeded`, `ResourceClosed`, `TransactionAborted`. Then `Server`, `Timeout(Execute)`,
    /// `ConnectionLost`, `ValueUnsupported`, `ProtocolViolation`.
    pub async fn execute(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<Done> {
        Done::of(self.run(sql.into(), params).await?).await
    }

    /// Runs a statement and gives its rows as they are read. Errors: those of `execute`, and `InvalidRequest` when the
    /// statement, which has then been run, is one that returns no rows.
    pub async fn query(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<Rows<'_>> {
        Rows::new(self.run(sql.into(), params).await?)
    }

    /// All rows of a query.
    pub async fn query_all(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<Vec<Row>> {
        self.query(sql, params).await?.all().await
    }

    /// The only row of a query. Errors also: `NoResultFound`, `MultipleResultsFound`.
    pub async fn query_one(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<Row> {
        self.query(sql, params).await?.one().await
    }

    /// The only row of a query, or `None` where there is none. Errors also: `MultipleResultsFound`.
    pub async fn query_optional(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<Option<Row>> {
        self.query(sql, params).await?.optional().await
    }

    /// The first column of the only row of a query. Errors: those of `query_one` and of `Row::get`.
    pub async fn query_scalar<T>(&mut self, sql: impl Into<Statement<'_>>, params: impl Params) -> Result<T>
    where
        T: for<'r> Decode<'r>,
    {
        self.query(sql, params).await?.scalar().await
    }

    /// Runs a statement once for each row of parameters. A plain `INSERT` or `REPLACE ... VALUES (...)`, with or
    /// without `ON DUPLICATE KEY UPDATE`, is sent as few multi-row statements; any other runs row by row at the
    /// server.
    ///
    /// The rows are read as they are sent, in batches of about 1 MiB and 10,000 rows at most. The first value of a
    /// column that is not NULL decides its type. Integers of either sign share a column while one integer type holds
    /// them all, and share one with floats while they are exact as floats; other mixes are `Argument` errors that
    /// name row and column, and nothing of that batch is sent. It is not atomic by itself: what was sent before an
    /// error stays, unless a transaction is open. What was done is summed; the id is the first one given. Errors
    /// otherwise as for `execute`; statements that return rows are refused with `Argument`.
    pub async fn execute_many<P: Params>(
        &mut self,
        sql: impl Into<Statement<'_>>,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<Done> {
        let statement = sql.into();
        let mut batch = ParameterBatch::default();
        let mut done = Done::default();
        for row in rows {
            let first = batch.taken();
            if let Some(full) = batch.push(row)? {
                done.add(self.run_many(&statement, full, first).await?);
            }
        }
        let first = batch.taken();
        if let Some(rest) = batch.take() {
            done.add(self.run_many(&statement, rest, first).await?);
        }
        Ok(done)
    }

    /// Inserts rows into a table: `execute_many` with the INSERT written for you.
    ///
    /// The names are quoted, so any name is safe. A dot in `table` parts schema and table: `shop.orders`.
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let done = conn.insert_many("airlines", &["carrier", "name"], [("AA", "American Airlines")]).await?;
    /// assert_eq!(done.rows_affected(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn insert_many<P: Params>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = P>,
    ) -> Result<Done> {
        self.execute_many(insert_sql(table, columns)?, rows).await
    }

    /// Begins a transaction. It rolls back when it is dropped without `commit`.
    ///
    /// Within an open transaction it is an inner one: its commit does nothing, and its rollback, or drop, rolls the
    /// whole transaction back, after which statements are `TransactionAborted(InnerRollback)` until the outer one is
    /// rolled back too.
    pub async fn begin(&mut self) -> Result<Transaction<'_>> {
        self.begin_with(TransactionOptions::new()).await
    }

    /// Begins a transaction with options, which an inner transaction can't have.
    pub async fn begin_with(&mut self, options: TransactionOptions) -> Result<Transaction<'_>> {
        let transaction = self.session.begin(options.into()).await?;
        Ok(Transaction::new(self, transaction))
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

    async fn run(&mut self, statement: Statement<'_>, params: impl Params) -> Result<wit::Outcome> {
        let (sql, options) = statement.into_parts();
        let mut values = Vec::new();
        params.append_to(&mut values);
        Ok(self.session.execute(sql, values, options).await?)
    }

    async fn run_many(&mut self, statement: &Statement<'_>, batch: RowBatch, first: u64) -> Result<Done> {
        let (sql, options) = statement.clone().into_parts();
        match self.session.execute_many(sql, batch, options).await {
            Ok(outcome) => Done::of(outcome).await,
            // The host counts rows from the first of its call.
            Err(error) if first > 0 => Err(Error::from(error).with(format_args!(", counting from row {first}"))),
            Err(error) => Err(error.into()),
        }
    }
}
