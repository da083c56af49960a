//! Databases and their connections.

use std::sync::Arc;
use std::time::Duration;

use super::outcome::into_execute_result;
use super::prepared::wrong_connection;
use super::statement::Source;
use super::{Connection, Outcome, Rows, Statement, TypedRows, maybe_async, wit, wit_engine};
use crate::bindings::options::{self, EngineInfo, PoolStatus};
use crate::bindings::types::IsolationLevel;
use crate::decode::Decode;
use crate::error::Result;
use crate::execute_result::ExecuteResult;
use crate::from_row::FromRow;
use crate::milliseconds::milliseconds;
use crate::params::Params;
use crate::row::Row;

/// A database, identified by the name the host gave it. A clone is another handle to the same
/// engine.
///
/// All plugins of the host share one connection pool per database. An engine is a view of that
/// pool, with the quota and the grant of this plugin. By default, a grant allows 4 connections at
/// once.
///
/// The methods `execute`, `run` and `query*` acquire a connection for one statement. For several
/// statements on one connection, use [`acquire`](Self::acquire) or
/// [`transaction`](Self::transaction).
///
/// Dropping an engine does not close connections acquired from it.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Engine, Result};
/// # async fn example() -> Result<()> {
/// let engine = Engine::connect("main").await?;
/// let flights: u64 = engine.query_scalar("SELECT COUNT(*) FROM flights", ()).await?;
/// # Ok(())
/// # }
/// ```
#[maybe_async]
#[derive(Debug, Clone)]
pub struct Engine {
    pool: Arc<wit_engine::Engine>,
}

#[maybe_async]
impl Engine {
    /// Opens a database, with the limits of the grant.
    ///
    /// The call acquires a connection once before it returns, so that it reports a wrong
    /// configuration.
    ///
    /// # Errors
    ///
    /// - `EngineDenied`: the plugin has no database of that name.
    /// - `Unreachable`, `AuthFailed`, `TlsFailed`, `Timeout(Acquire)`, `Timeout(Connect)`.
    /// - `Server`: for example 1049, an unknown schema.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn connect(database: &str) -> Result<Self> {
        Self::options().connect(database).await
    }

    /// Returns a builder for an engine with options. [`EngineOptions::connect`] opens the database.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Engine, Result};
    /// # use std::time::Duration;
    /// # async fn example() -> Result<()> {
    /// let options = Engine::options().max_connections(2).statement_timeout(Duration::from_secs(5));
    /// let engine = options.connect("main").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn options() -> EngineOptions {
        EngineOptions::default()
    }

    /// Acquires a connection, waiting at most the acquire timeout (5 s by default).
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect), and:
    ///
    /// - `Timeout(Acquire)`: no connection was released in time. The message includes the pool's
    ///   numbers.
    /// - `LimitExceeded(Connections)`: the plugin already holds all connections of its quota, and
    ///   released none of them in time.
    /// - `LimitExceeded(Waiters)`: too many calls wait for a connection.
    /// - `PoolClosed`: the engine is closed.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a dropped future holds no connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Engine, Result};
    /// # async fn example(engine: &Engine) -> Result<()> {
    /// let mut conn = engine.acquire().await?;
    /// conn.execute("CREATE TEMPORARY TABLE late (flight INT)", ()).await?;
    /// conn.execute("INSERT INTO late SELECT flight FROM flights WHERE arr_delay > ?", (15,)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn acquire(&self) -> Result<Connection> {
        Ok(Connection::new(self.pool.acquire().await?))
    }

    /// Executes a statement on a connection acquired for it, and returns its effect.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire) and [`Connection::execute`], and `Argument` for a prepared
    /// statement, which belongs to its connection.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn execute<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<ExecuteResult> {
        into_execute_result(self.call(sql, params).await?).await
    }

    /// Executes a statement on a connection acquired for it, and returns its rows, which are read
    /// on demand. The connection is released after the last row.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute) and [`Connection::query`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: see [`Connection`](Connection#cancel-safety).
    pub async fn query<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Rows<'static>> {
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
    pub async fn run<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Outcome<'static>> {
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
        &self,
        sql: impl Into<Statement<'s>>,
        params: impl Params,
    ) -> Result<TypedRows<'static, T>>
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
    pub async fn query_all_as<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<T>>
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
    pub async fn query_one_as<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
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
        &self,
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
    pub async fn query_all<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<Row>> {
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
    pub async fn query_one<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Row> {
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
    pub async fn query_optional<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Option<Row>> {
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
    pub async fn query_scalar<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> Decode<'r>,
    {
        self.query(sql, params).await?.scalar().await
    }

    /// Returns information on the database and its server. Never waits.
    pub fn info(&self) -> EngineInfo {
        self.pool.info()
    }

    /// Returns the current numbers of the pool. Never waits.
    pub fn status(&self) -> PoolStatus {
        self.pool.status()
    }

    /// Closes the engine, and waits at most 30 s until all its connections are released. New calls
    /// of [`acquire`](Self::acquire) fail with `PoolClosed`.
    ///
    /// # Errors
    ///
    /// `Timeout(Acquire)` if a connection is not released within 30 s.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the engine is closed as soon as the call has begun.
    pub async fn close(&self) -> Result<()> {
        Ok(self.pool.close().await?)
    }

    /// Closes the engine and all its connections immediately.
    pub fn terminate(&self) {
        self.pool.terminate();
    }

    async fn call<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<wit::Outcome> {
        let Statement { source, values, options } = sql.into().bind(params);
        match source {
            Source::Text(sql) => Ok(self.pool.execute(give!(sql), give!(values), options).await?),
            Source::Prepared(_) => Err(wrong_connection()),
            Source::Invalid(error) => Err(error),
        }
    }
}

/// The options of an engine, from `Engine::options`.
///
/// Options narrow the grant. A value that is zero or exceeds the grant makes
/// [`connect`](Self::connect) fail with `Argument`.
#[derive(Debug, Clone, Copy, Default)]
pub struct EngineOptions {
    max_connections: Option<u32>,
    acquire_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
    isolation: Option<IsolationLevel>,
    read_only: bool,
}

#[maybe_async]
impl EngineOptions {
    /// Sets the number of connections that this engine holds at once. Defaults to the limit of the
    /// grant.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// Sets the time that `acquire` waits for a connection, rounded up to milliseconds. Defaults to
    /// the limit of the grant.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = Some(timeout);
        self
    }

    /// Sets the deadline of each statement, rounded up to milliseconds. Defaults to the limit of
    /// the grant.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// Sets the isolation level of transactions that do not set their own. Defaults to the
    /// server's.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// Sets whether only statements that read are allowed. Defaults to `false`.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Opens a database with these options.
    ///
    /// # Errors
    ///
    /// As for [`Engine::connect`], and:
    ///
    /// - `Argument`: an option is zero, or exceeds the grant.
    /// - `StatementDenied`: isolation `Serializable`, where the grant or the engine is read-only.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn connect(self, database: &str) -> Result<Engine> {
        let pool = wit_engine::create_engine(give!(database), self.into()).await?;
        Ok(Engine { pool: Arc::new(pool) })
    }
}

impl From<EngineOptions> for options::EngineOptions {
    fn from(options: EngineOptions) -> Self {
        Self {
            max_connections: options.max_connections,
            acquire_timeout_ms: options.acquire_timeout.map(milliseconds),
            statement_timeout_ms: options.statement_timeout.map(milliseconds),
            isolation: options.isolation,
            read_only: options.read_only,
        }
    }
}
