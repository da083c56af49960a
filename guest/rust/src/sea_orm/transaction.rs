//! The implementation of SeaORM's transaction traits. A transaction owns its connection, and shares
//! it with its savepoints.

use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::sync::Arc;

use ::sea_orm::{
    self as orm, AccessMode, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionError,
    TransactionSession, TransactionTrait,
};
use async_trait::async_trait;
use futures_util::lock::{Mutex, MutexGuard};

use super::result::{all, executed, first};
use crate::bindings::connection as wit;
use crate::error::{Error, ErrorKind, Result, TransactionState};
use crate::transaction_options::TransactionOptions;
use crate::{Connection, IsolationLevel};

/// A transaction with its own connection, from [`begin`](TransactionTrait::begin) of a database, or
/// a savepoint on the same connection, from `begin` of a transaction. Dropping it rolls back,
/// unless it has ended.
///
/// Statements of a transaction and its savepoints are executed one at a time. Savepoints end with
/// their transaction: a statement of a savepoint whose transaction has ended fails with
/// `InvalidRequest`, instead of being executed outside any transaction.
#[derive(Debug)]
#[must_use = "dropping it rolls back"]
pub struct Transaction {
    /// Declared before the connection, so that the drop rolls back before the connection is
    /// released.
    handle: wit::Transaction,
    connection: Arc<Mutex<Connection>>,
}

impl Transaction {
    pub(super) async fn new(connection: Connection, options: orm::TransactionOptions) -> Result<Self> {
        let handle = connection.session.begin(to_transaction_options(options).into()).await?;
        Ok(Self { handle, connection: Arc::new(Mutex::new(connection)) })
    }

    /// Commits the transaction. A savepoint is released.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::commit`](crate::Transaction::commit). After an error the transaction
    /// is rolled back, except for `CommitUnknown`, where the commit is in doubt.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future leaves the commit in doubt, and closes the connection.
    pub async fn commit(self) -> Result<(), DbErr> {
        let _guard = self.connection.lock().await;
        Ok(self.handle.commit().await.map_err(Error::from)?)
    }

    /// Rolls back the transaction. A savepoint undoes everything since it began.
    ///
    /// Dropping the transaction does the same in the background. `rollback` waits for the server
    /// and reports errors.
    ///
    /// # Errors
    ///
    /// As for [`Transaction::rollback`](crate::Transaction::rollback).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection, which also rolls back.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let _guard = self.connection.lock().await;
        Ok(self.handle.rollback().await.map_err(Error::from)?)
    }

    /// Runs a callback, and commits if it succeeds or rolls back if it fails.
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

    /// Waits until no other statement uses the connection, and locks it.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if the transaction has ended together with the enclosing transaction.
    async fn lock_connection(&self) -> Result<MutexGuard<'_, Connection>> {
        let connection = self.connection.lock().await;
        // If the transaction was aborted or the connection closed, the host reports the reason.
        let is_healthy = matches!(connection.transaction_state(), TransactionState::None | TransactionState::Open);
        if is_healthy && !connection.is_closed() && !self.handle.is_active() {
            let message = "this transaction has ended together with the enclosing transaction";
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(connection)
    }

    async fn nested(&self, options: orm::TransactionOptions) -> Result<Self> {
        if options.isolation_level.is_some() || options.access_mode.is_some() {
            return Err(Error::argument(
                "a nested transaction can't set an isolation level or an access mode; set them on the outermost transaction",
            ));
        }
        let connection = self.lock_connection().await?;
        let handle = connection.session.begin_nested().await?;
        Ok(Self { handle, connection: Arc::clone(&self.connection) })
    }
}

/// Converts the options for MySQL. Options of other databases are ignored.
fn to_transaction_options(options: orm::TransactionOptions) -> TransactionOptions {
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
        Ok(executed(&self.lock_connection().await?.execute(statement, ()).await?))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        Ok(executed(&self.lock_connection().await?.execute(sql, ()).await?))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(first(self.lock_connection().await?.query(statement, ()).await?).await?)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(all(self.lock_connection().await?.query(statement, ()).await?).await?)
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
