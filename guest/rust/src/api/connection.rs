//! One server session.

use std::sync::atomic::{AtomicU64, Ordering};

use super::outcome::into_execute_result;
use super::statement::Source;
use super::{Outcome, Prepared, Rows, Statement, TypedRows, maybe_async, wit};
use crate::bindings::types::Warning;
use crate::decode::Decode;
use crate::error::{Result, TransactionState};
use crate::execute_result::ExecuteResult;
use crate::from_row::FromRow;
use crate::names::{parse_placeholders, unnamed_placeholders};
use crate::params::Params;
use crate::row::Row;

/// The number of connections created so far. Each connection has a unique number, by which a
/// prepared statement recognizes its connection. Handles are not unique, because the runtime reuses
/// them.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// A server session, from `Engine::acquire` until it is closed or dropped.
///
/// Autocommit is on: a statement outside a transaction is committed immediately. Dropping the
/// connection rolls back an open transaction and releases the session to the host's pool.
///
/// Statements are sent through the prepared protocol: a text holds exactly one statement, and
/// parameters never become SQL. A statement that the server can't prepare, such as CREATE PROCEDURE
/// on MySQL, is sent as text if it is alone in its text and has no parameters.
///
/// The session ends with a cancelled call, and with the errors `Timeout`, `ConnectionLost`,
/// `CommitUnknown` and `ProtocolViolation`. It also ends with `LimitExceeded` if a row or a result
/// of a reading statement is too large. It does not end with a `Timeout` if the server itself
/// stopped the statement. Every call after the end fails with `ResourceClosed`, or with
/// `TransactionAborted` inside a transaction.
///
/// # Cancel safety
///
/// Methods that send something to the server are not cancel safe. Dropping their future stops the
/// statement at the server and closes the connection. An open transaction is rolled back. Outside a
/// transaction, the statement may or may not have taken effect.
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

    /// Executes a statement and returns its effect. Rows that the statement returns are discarded.
    ///
    /// # Errors
    ///
    /// Before the statement is executed:
    ///
    /// - `Argument`: a wrong number of parameters, a `:name` without a parameter, a value out of
    ///   range, or a prepared statement of another connection.
    /// - `InvalidRequest`: a prepared two-phase transaction is open.
    /// - `StatementDenied`, `LimitExceeded`, `Busy`, `ResourceClosed`, `TransactionAborted`.
    ///
    /// After that: `Server`, `Timeout(Execute)`, `ConnectionLost`, `ValueUnsupported`,
    /// `ProtocolViolation`.
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
    /// let done = conn.execute("UPDATE planes SET seats = ? WHERE tailnum = ?", (150, "N14228")).await?;
    /// println!("{} rows matched", done.rows_affected());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<ExecuteResult> {
        into_execute_result(self.call(sql, params).await?).await
    }

    /// Executes a statement and returns its rows, which are read on demand.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and `ResourceClosed` if the statement returns no rows. In
    /// that case it was executed.
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
    /// let mut rows = conn.query("SELECT carrier, name FROM airlines WHERE name LIKE ?", ("A%",)).await?;
    /// while let Some(row) = rows.next().await? {
    ///     println!("{}: {}", row.get::<&str>("carrier")?, row.get::<&str>("name")?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Rows<'_>> {
        Rows::new(self.call(sql, params).await?)
    }

    /// Executes a statement that may or may not return rows. The outcome shows which.
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

    /// Executes a statement and returns its rows as values of type `T`, which are read on demand.
    ///
    /// # Errors
    ///
    /// As for [`query`](Self::query) and [`FromRow`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
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

    /// Executes a statement and returns all rows as values of type `T`.
    ///
    /// # Errors
    ///
    /// As for [`query`](Self::query), [`Rows::next`] and [`FromRow`].
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
    /// let routes: Vec<(String, String)> = conn.query_all_as("SELECT origin, dest FROM flights", ()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_all_as<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.all().await
    }

    /// Executes a statement and returns its only row as a value of type `T`.
    ///
    /// # Errors
    ///
    /// As for [`query_all_as`](Self::query_all_as), and `NoResultFound` or `MultipleResultsFound`
    /// if the statement does not return exactly one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn query_one_as<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.one().await
    }

    /// Executes a statement and returns its only row as a value of type `T`, or `None` if there is
    /// no row.
    ///
    /// # Errors
    ///
    /// As for [`query_all_as`](Self::query_all_as), and `MultipleResultsFound` if the statement
    /// returns more than one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
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

    /// Executes a statement and returns all rows.
    ///
    /// # Errors
    ///
    /// As for [`query`](Self::query) and [`Rows::next`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn query_all<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<Row>> {
        self.query(sql, params).await?.all().await
    }

    /// Executes a statement and returns its only row.
    ///
    /// # Errors
    ///
    /// As for [`query_all`](Self::query_all), and `NoResultFound` or `MultipleResultsFound` if the
    /// statement does not return exactly one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn query_one<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Row> {
        self.query(sql, params).await?.one().await
    }

    /// Executes a statement and returns its only row, or `None` if there is no row.
    ///
    /// # Errors
    ///
    /// As for [`query_all`](Self::query_all), and `MultipleResultsFound` if the statement returns
    /// more than one row.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn query_optional<'s>(
        &mut self,
        sql: impl Into<Statement<'s>>,
        params: impl Params,
    ) -> Result<Option<Row>> {
        self.query(sql, params).await?.optional().await
    }

    /// Executes a statement and returns the first column of its only row.
    ///
    /// # Errors
    ///
    /// As for [`query_one`](Self::query_one) and [`Row::get`].
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
    /// let count: u64 = conn.query_scalar("SELECT COUNT(*) FROM flights", ()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_scalar<'s, T>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> Decode<'r>,
    {
        self.query(sql, params).await?.scalar().await
    }

    /// Prepares a statement for repeated execution. A reference to it takes the place of the text.
    ///
    /// Placeholders are `?` or `:name`. A connection holds 64 prepared statements by default.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and:
    ///
    /// - `Argument`: the text has both `?` and `:name` placeholders.
    /// - `LimitExceeded(Statements)`: this connection holds too many prepared statements.
    /// - `Server` with the code 1295: the server can't prepare the statement; use
    ///   [`execute`](Self::execute).
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
    /// let insert = conn.prepare("INSERT INTO airlines (carrier, name) VALUES (?, ?)").await?;
    /// assert_eq!(insert.parameters(), 2);
    /// conn.execute(&insert, ("AA", "American Airlines")).await?;
    /// conn.execute_many(&insert, [("B6", "JetBlue Airways"), ("UA", "United Air Lines")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(&mut self, sql: impl AsRef<str>) -> Result<Prepared> {
        let parsed = parse_placeholders(sql.as_ref());
        if parsed.has_unnamed && !parsed.names.is_empty() {
            return Err(unnamed_placeholders());
        }
        let statement = self.session.prepare(give!(parsed.sql)).await?;
        Ok(Prepared::new(statement, parsed.names, self.number))
    }

    /// Returns the warnings of the last statement. Nothing is sent to the server if there are none.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn warnings(&mut self) -> Result<Vec<Warning>> {
        Ok(self.session.warnings().await?)
    }

    /// Pings the server.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn ping(&mut self) -> Result<()> {
        Ok(self.session.ping().await?)
    }

    /// Returns the state of the transaction. Nothing is sent to the server.
    pub fn transaction_state(&self) -> TransactionState {
        self.session.transaction_state()
    }

    /// Returns whether the session has ended.
    pub fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    /// Rolls back an open transaction and releases the session.
    ///
    /// Dropping the connection does the same in the background. `close` waits for the rollback and
    /// reports its errors.
    ///
    /// # Errors
    ///
    /// `Server`, `Timeout(Rollback)` and `ConnectionLost` if the rollback fails. The session is
    /// then closed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the session, which also rolls back.
    pub async fn close(self) -> Result<()> {
        Ok(self.session.close().await?)
    }

    async fn call<'s>(&mut self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<wit::Outcome> {
        let Statement { source, values, options } = sql.into().bind(params);
        Ok(match source {
            Source::Text(sql) => self.session.execute(give!(sql), give!(values), options).await?,
            Source::Prepared(prepared) => prepared.on_connection(self.number)?.execute(give!(values), options).await?,
            Source::Invalid(error) => return Err(error),
        })
    }
}
