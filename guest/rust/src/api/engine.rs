//! Where connections come from.

use super::outcome::done;
use super::prepared::elsewhere;
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
use std::sync::Arc;
use std::time::Duration;

/// A database, by the name the host gave it: a view of the pool that the host keeps for all its plugins. A clone is
/// another handle on the same view.
///
/// Its own `execute` and `query*` each borrow a connection for one statement; work that belongs together goes on a
/// connection of `acquire`.
#[maybe_async]
#[derive(Debug, Clone)]
pub struct Engine {
    pool: Arc<wit_engine::Engine>,
}

#[maybe_async]
impl Engine {
    /// Opens a database with what the grant allows.
    ///
    /// It returns once a connection could be had. Errors: `EngineDenied`, `Unreachable`, `AuthFailed`, `TlsFailed`,
    /// `Timeout(Acquire)`, `Timeout(Connect)`, `Server` (for example 1049: no such schema).
    pub async fn connect(database: &str) -> Result<Self> {
        Self::options().connect(database).await
    }

    /// What a plugin may choose for itself, within its grant; ends with `connect`.
    pub fn options() -> EngineOptions {
        EngineOptions::default()
    }

    /// Borrows a connection, waiting for one at most the acquire timeout.
    ///
    /// Errors: `Timeout(Acquire)` with the pool's numbers in the message, `LimitExceeded(Connections)` when this
    /// plugin holds all it may, `LimitExceeded(Waiters)`, `PoolClosed`, and those of `connect`.
    pub async fn acquire(&self) -> Result<Connection> {
        Ok(Connection::new(self.pool.acquire().await?))
    }

    /// Runs a statement and tells what it did. Errors: those of `acquire` and of `Connection::execute`, and `Argument`
    /// for a prepared statement, which belongs to its connection.
    pub async fn execute<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<ExecuteResult> {
        done(self.call(sql, params).await?).await
    }

    /// Runs a statement and gives its rows as they are read. The connection goes back after the last of them. Errors:
    /// those of `acquire` and of `Connection::query`.
    pub async fn query<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Rows<'static>> {
        Rows::new(self.call(sql, params).await?)
    }

    /// Runs a statement that may return rows or not: which, is in the answer. Errors: those of `execute`.
    pub async fn run<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Outcome<'static>> {
        Outcome::new(self.call(sql, params).await?)
    }

    /// Runs a statement and gives its rows as they are read, each as a `T`. Errors: those of `query` and of [`FromRow`].
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

    /// All rows of a query, each as a `T`. Errors: those of `query` and of [`FromRow`].
    pub async fn query_all_as<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.all().await
    }

    /// The only row of a query, as a `T`. Errors also: `NoResultFound`, `MultipleResultsFound`.
    pub async fn query_one_as<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> FromRow<'r>,
    {
        self.query_as(sql, params).await?.one().await
    }

    /// The only row of a query, as a `T`, or `None` where there is none. Errors also: `MultipleResultsFound`.
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

    /// All rows of a query.
    pub async fn query_all<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Vec<Row>> {
        self.query(sql, params).await?.all().await
    }

    /// The only row of a query. Errors also: `NoResultFound`, `MultipleResultsFound`.
    pub async fn query_one<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Row> {
        self.query(sql, params).await?.one().await
    }

    /// The only row of a query, or `None` where there is none. Errors also: `MultipleResultsFound`.
    pub async fn query_optional<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<Option<Row>> {
        self.query(sql, params).await?.optional().await
    }

    /// The first column of the only row of a query. Errors: those of `query_one` and of `Row::get`.
    pub async fn query_scalar<'s, T>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<T>
    where
        T: for<'r> Decode<'r>,
    {
        self.query(sql, params).await?.scalar().await
    }

    /// What is known of the database and its server. Never waits.
    pub fn info(&self) -> EngineInfo {
        self.pool.info()
    }

    /// The pool's numbers now. Never waits.
    pub fn status(&self) -> PoolStatus {
        self.pool.status()
    }

    /// Refuses new borrowers with `PoolClosed`, and waits for the connections this engine lent to come back.
    pub async fn close(&self) -> Result<()> {
        Ok(self.pool.close().await?)
    }

    /// Refuses new borrowers and closes at once what this engine lent.
    pub fn terminate(&self) {
        self.pool.terminate();
    }

    async fn call<'s>(&self, sql: impl Into<Statement<'s>>, params: impl Params) -> Result<wit::Outcome> {
        let Statement { source, values, options } = sql.into().bind(params);
        match source {
            Source::Text(sql) => Ok(self.pool.execute(give!(sql), give!(values), options).await?),
            Source::Prepared(_) => Err(elsewhere()),
            Source::Invalid(error) => Err(error),
        }
    }
}

/// What a plugin chooses for itself, within its grant: from `Engine::options`, ending with `connect`. A value that
/// the grant does not allow, or zero, makes `connect` fail with `Argument`.
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
    /// How many connections this engine holds at once.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// How long `acquire` waits, in milliseconds rounded up.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = Some(timeout);
        self
    }

    /// Deadline of each statement, in milliseconds rounded up.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// Isolation level of every transaction that does not choose its own.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// Allows only statements that read.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Opens a database. Errors: those of `Engine::connect`, and `Argument`.
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
