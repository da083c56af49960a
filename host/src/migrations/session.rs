//! A session of migrations, outside of the pool, so that a pool of one connection can migrate.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::core::Database;
use crate::driver::{Killer, Session};
use crate::types::{Error, ErrorKind, Result, Step};

/// A session. Dropping it closes it, and kills its statement or transaction at the server.
#[derive(Debug)]
pub(super) struct MigrationSession {
    session: Session,
    killer: Killer,
    runtime: Handle,
    /// Whether the server may execute a command whose response was not received.
    in_flight: bool,
}

impl MigrationSession {
    /// Connects to the server that accepts changes.
    pub(super) async fn connect(database: &Database) -> Result<Self> {
        let pool = database.pool();
        if pool.is_closed() {
            return Err(Error::new(ErrorKind::PoolClosed, "the database was closed"));
        }
        Ok(Self::of(pool.connector().connect().await?, database))
    }

    /// Connects to the same server.
    pub(super) async fn connect_beside(&self, database: &Database) -> Result<Self> {
        Ok(Self::of(database.pool().connector().connect_beside(&self.session).await?, database))
    }

    fn of(session: Session, database: &Database) -> Self {
        let killer = database.pool().killer().clone();
        Self { session, killer, runtime: Handle::current(), in_flight: false }
    }

    /// Runs a statement. After any error other than a refusal of the server, the session can't be
    /// used any more.
    pub(super) async fn command(&mut self, sql: &str, limit: Duration) -> Result<()> {
        self.begin()?;
        let result = timeout(limit, self.session.command(sql)).await;
        self.ended(result, limit)
    }

    /// Runs a query and returns its values as text.
    pub(super) async fn rows(&mut self, sql: &str, limit: Duration) -> Result<Vec<Vec<Option<String>>>> {
        self.begin()?;
        let result = timeout(limit, self.session.text_rows(sql)).await;
        self.ended(result, limit)
    }

    /// Runs a query for one value.
    pub(super) async fn value(&mut self, sql: &str, limit: Duration) -> Result<Option<String>> {
        let rows = self.rows(sql, limit).await?;
        Ok(rows.into_iter().next().and_then(|values| values.into_iter().next()).flatten())
    }

    pub(super) async fn ping(&mut self, limit: Duration) -> Result<()> {
        self.begin()?;
        let result = timeout(limit, self.session.ping()).await;
        self.ended(result, limit)
    }

    /// Resets the session to its state after login, with the session defaults.
    pub(super) async fn reset(&mut self, limit: Duration) -> Result<()> {
        self.begin()?;
        let result = timeout(limit, self.session.reset()).await;
        self.ended(result, limit)
    }

    /// Returns whether a transaction is open. It is correct only directly after a statement or a
    /// ping that succeeded.
    pub(super) fn in_transaction(&self) -> bool {
        self.session.in_transaction()
    }

    fn begin(&mut self) -> Result<()> {
        if self.in_flight {
            return Err(Error::new(ErrorKind::ConnectionLost, "the connection to the database is closed"));
        }
        self.in_flight = true;
        Ok(())
    }

    fn ended<T, E>(&mut self, result: Result<Result<T>, E>, limit: Duration) -> Result<T> {
        let result = result.unwrap_or_else(|_| {
            let message =
                format!("the server did not answer within {} s; the statement is stopped", limit.as_secs_f64());
            Err(Error::timeout(Step::Execute, message))
        });
        let refused = |error: &Error| matches!(error.kind, ErrorKind::Server(_) | ErrorKind::ServerTimeout);
        self.in_flight = result.as_ref().is_err_and(|error| !refused(error));
        result
    }
}

impl Drop for MigrationSession {
    fn drop(&mut self) {
        // Otherwise the driver closes the session with COM_QUIT.
        if self.in_flight || !self.session.is_settled() {
            // Closing a connection uses the runtime in which it was opened.
            let _runtime = self.runtime.enter();
            self.session.abort();
            self.killer.kill(&self.runtime, self.session.id().clone(), Box::new(()));
        }
    }
}
