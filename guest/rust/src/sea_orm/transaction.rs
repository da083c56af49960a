//! A transaction, as SeaORM uses it: it owns its connection, and shares it with those within it.

use super::answer::{all, executed, first};
use crate::bindings::connection as wit;
use crate::error::{Error, ErrorKind, Result, TransactionState};
use crate::transaction_options::TransactionOptions;
use crate::{Connection, IsolationLevel};
use ::sea_orm::{
    self as orm, AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionError,
    TransactionSession, TransactionTrait,
};
use async_trait::async_trait;
use futures_util::lock::{Mutex, MutexGuard};
use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::sync::Arc;

/// A transaction on a connection of its own, from [`begin`](TransactionTrait::begin) of a database, or a savepoint on that
/// connection, from `begin` of a transaction. Dropping it rolls back, unless it has ended.
///
/// Its statements, and those of what is begun within it, take turns. What is begun within it ends with it: a statement of
/// a savepoint whose transaction was committed is an `InvalidRequest`, where it would otherwise run outside of any.
#[derive(Debug)]
#[must_use = "dropping it rolls back"]
pub struct Transaction {
    /// Dropped before the connection, which rolls back before it goes back.
    handle: wit::Transaction,
    connection: Arc<Mutex<Connection>>,
}

impl Transaction {
    pub(super) async fn new(connection: Connection, options: orm::TransactionOptions) -> Result<Self> {
        let handle = connection.session.begin(converted(options).into()).await?;
        Ok(Self { handle, connection: Arc::new(Mutex::new(connection)) })
    }

    /// Commits; a savepoint is released.
    ///
    /// Errors are those of [`Transaction::commit`](crate::Transaction::commit): what is not told to have been committed was
    /// rolled back, but for `CommitUnknown`.
    pub async fn commit(self) -> Result<(), DbErr> {
        let _turn = self.connection.lock().await;
        Ok(self.handle.commit().await.map_err(Error::from)?)
    }

    /// Rolls back; of a savepoint, what was done since it was begun. Unlike dropping, it waits until that is done and
    /// tells of errors.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let _turn = self.connection.lock().await;
        Ok(self.handle.rollback().await.map_err(Error::from)?)
    }

    /// Commits what a callback did, or rolls back what it failed at.
    pub(super) async fn run<F, T, E>(self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Self) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        E: Display + Debug,
    {
        match callback(&self).await {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                self.rollback().await?;
                Err(TransactionError::Transaction(error))
            }
        }
    }

    /// Its turn on the connection.
    ///
    /// Errors: `InvalidRequest` when it has ended, with what it was begun within.
    async fn turn(&self) -> Result<MutexGuard<'_, Connection>> {
        let connection = self.connection.lock().await;
        // Of one that was lost, or whose connection was, the host says why.
        let goes_on = matches!(connection.transaction_state(), TransactionState::None | TransactionState::Open);
        if goes_on && !connection.is_closed() && !self.handle.is_active() {
            let message = "this transaction has ended, with the one that it was begun within";
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(connection)
    }

    async fn nested(&self, options: orm::TransactionOptions) -> Result<Self> {
        if options.isolation_level.is_some() || options.access_mode.is_some() {
            return Err(Error::argument(
                "a transaction within another has no isolation level or access mode of its own: give them to the outermost",
            ));
        }
        let connection = self.turn().await?;
        let handle = connection.session.begin_nested().await?;
        Ok(Self { handle, connection: Arc::clone(&self.connection) })
    }
}

/// The options of MySQL. Those of other databases say nothing here.
fn converted(options: orm::TransactionOptions) -> TransactionOptions {
    let read_only = options.access_mode == Some(AccessMode::ReadOnly);
    let converted = TransactionOptions::new().read_only(read_only);
    match options.isolation_level {
        None => converted,
        Some(level) => converted.isolation(match level {
            orm::IsolationLevel::ReadUncommitted => IsolationLevel::ReadUncommitted,
            orm::IsolationLevel::ReadCommitted => IsolationLevel::ReadCommitted,
            orm::IsolationLevel::RepeatableRead => IsolationLevel::RepeatableRead,
            orm::IsolationLevel::Serializable => IsolationLevel::Serializable,
        }),
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::MySql
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        Ok(executed(&self.turn().await?.execute(statement, ()).await?))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Ok(executed(&self.turn().await?.execute(sql, ()).await?))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(first(self.turn().await?.query(statement, ()).await?).await?)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(all(self.turn().await?.query(statement, ()).await?).await?)
    }
}

#[async_trait]
impl TransactionTrait for Transaction {
    type Transaction = Self;

    async fn begin(&self) -> Result<Self, DbErr> {
        self.begin_with_options(orm::TransactionOptions::default()).await
    }

    async fn begin_with_config(
        &self,
        isolation_level: Option<orm::IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<Self, DbErr> {
        self.begin_with_options(orm::TransactionOptions { isolation_level, access_mode, ..Default::default() }).await
    }

    async fn begin_with_options(&self, options: orm::TransactionOptions) -> Result<Self, DbErr> {
        Ok(self.nested(options).await?)
    }

    async fn transaction<F, T, E>(&self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Self) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.begin().await?.run(callback).await
    }

    async fn transaction_with_config<F, T, E>(
        &self,
        callback: F,
        isolation_level: Option<orm::IsolationLevel>,
        access_mode: Option<AccessMode>,
    ) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Self) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: Display + Debug + Send,
    {
        self.begin_with_config(isolation_level, access_mode).await?.run(callback).await
    }
}

#[async_trait]
impl TransactionSession for Transaction {
    async fn commit(self) -> Result<(), DbErr> {
        Self::commit(self).await
    }

    async fn rollback(self) -> Result<(), DbErr> {
        Self::rollback(self).await
    }
}
