//! The implementation of SeaORM's connection traits for an engine.

use std::fmt::{Debug, Display};
use std::pin::Pin;

use ::sea_orm::{
    AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult, Statement,
    TransactionError, TransactionOptions, TransactionTrait,
};
use async_trait::async_trait;

use super::result::{all, executed, first};
use super::transaction::Transaction;
use crate::Engine;

/// A database for SeaORM: pass it to SeaORM's functions as `&db`. A clone is another handle to the
/// same engine.
///
/// Each statement and each transaction acquires its own connection.
#[derive(Debug, Clone)]
pub struct Database {
    engine: Engine,
}

impl Database {
    /// Opens a database by the name the host gave it.
    ///
    /// # Errors
    ///
    /// As for [`Engine::connect`], wrapped in a `DbErr`. [`error`](super::error) unwraps it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn connect(database: &str) -> Result<Self, DbErr> {
        Ok(Engine::connect(database).await?.into())
    }

    /// Returns the engine, for calls that SeaORM does not have.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl From<Engine> for Database {
    fn from(engine: Engine) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::MySql
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        Ok(executed(&self.engine.execute(statement, ()).await?))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Ok(executed(&self.engine.execute(sql, ()).await?))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(first(self.engine.query(statement, ()).await?).await?)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(all(self.engine.query(statement, ()).await?).await?)
    }
}

#[async_trait]
impl TransactionTrait for Database {
    type Transaction = Transaction;

    async fn begin(&self) -> Result<Transaction, DbErr> {
        self.begin_with_options(TransactionOptions::default()).await
    }

    async fn begin_with_config(
        &self,
        isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<Transaction, DbErr> {
        self.begin_with_options(TransactionOptions { isolation_level, access_mode, ..Default::default() }).await
    }

    async fn begin_with_options(&self, options: TransactionOptions) -> Result<Transaction, DbErr> {
        Ok(Transaction::new(self.engine.acquire().await?, options).await?)
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Transaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.begin().await?.run(callback).await
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        isolation_level: Option<IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Transaction) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.begin_with_config(isolation_level, access_mode).await?.run(callback).await
    }
}
