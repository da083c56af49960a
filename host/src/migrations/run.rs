//! A run: two sessions at one server, the locks, and the ledger.

use std::time::Duration;

use tokio::time::Instant;

use super::Migrations;
use super::error::MigrationError;
use super::files::MigrationFile;
use super::ledger::{Ledger, LedgerRow, NO_SUCH_TABLE};
use super::lock::{self, LockNames};
use super::session::MigrationSession;
use crate::audit::InspectError;
use crate::core::Database;
use crate::types::{Error, ErrorKind, ServerClass};

/// The deadline of each statement on the ledger. A backup can block changes for some seconds.
pub(super) const LEDGER_TIMEOUT: Duration = Duration::from_secs(30);
/// The minimum idle time after which the server may close the control session.
const MIN_IDLE: Duration = Duration::from_secs(60 * 60);
/// The server's code for a schema that does not exist.
const NO_SUCH_SCHEMA: u16 = 1049;
/// The maximum of `wait_timeout` on every system, in seconds.
const MAX_WAIT_TIMEOUT: u64 = 2_147_483;

/// The control session, which holds the lock and writes the ledger.
///
/// The statements of the files run in another session, so that a USE, a SET, a LOCK TABLES or a
/// transaction of a file does not affect the ledger.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) session: MigrationSession,
    pub(super) ledger: Ledger,
    locks: LockNames,
    lock_timeout: Duration,
    deadline: Instant,
}

impl Control {
    /// Connects. Acquires no lock yet.
    pub(super) async fn connect(database: &Database, migrations: &Migrations) -> Result<Self, MigrationError> {
        let ledger = Ledger::of(migrations.plugin.as_deref())?;
        let mut session = MigrationSession::connect(database).await.map_err(connect_error)?;
        let schema = session.value("SELECT DATABASE()", LEDGER_TIMEOUT).await.map_err(connect_error)?;
        let locks = LockNames::of(&schema.ok_or(MigrationError::NoSchema)?, &ledger.table);
        let lock_timeout = migrations.lock_timeout;
        // A year is longer than any wait.
        let deadline = Instant::now() + lock_timeout.min(Duration::from_secs(365 * 24 * 60 * 60));
        Ok(Self { session, ledger, locks, lock_timeout, deadline })
    }

    /// Acquires both locks, so that no other run is active and no statement of an interrupted run
    /// still runs.
    pub(super) async fn lock(&mut self, statement_timeout: Duration) -> Result<(), MigrationError> {
        // The session is idle while a statement runs, apart from pings.
        let idle = statement_timeout.saturating_add(MIN_IDLE).as_secs().min(MAX_WAIT_TIMEOUT);
        self.command(&format!("SET SESSION wait_timeout={idle}")).await?;
        let acquired = lock::acquire(&mut self.session, &self.locks.control, self.deadline).await;
        if !acquired.map_err(|error| self.ledger_error(&error))? {
            let holder = lock::holder(&mut self.session, &self.locks.control).await;
            return Err(MigrationError::LockTimeout { timeout: self.lock_timeout, holder });
        }
        let acquired = lock::acquire(&mut self.session, &self.locks.work, self.deadline).await;
        if !acquired.map_err(|error| self.ledger_error(&error))? {
            let holder = lock::holder(&mut self.session, &self.locks.work).await;
            return Err(MigrationError::StatementStillRuns { timeout: self.lock_timeout, holder });
        }
        Ok(())
    }

    /// Connects the session for the statements, and passes the second lock to it.
    pub(super) async fn worker(&mut self, database: &Database) -> Result<MigrationSession, MigrationError> {
        let mut worker = self.session.connect_beside(database).await.map_err(connect_error)?;
        let released = lock::release(&mut self.session, &self.locks.work).await;
        released.map_err(|error| self.ledger_error(&error))?;
        self.lock_worker(&mut worker).await?;
        Ok(worker)
    }

    /// Resets the session for the statements.
    pub(super) async fn reset_worker(&mut self, worker: &mut MigrationSession) -> Result<(), MigrationError> {
        worker.reset(LEDGER_TIMEOUT).await.map_err(connect_error)?;
        self.lock_worker(worker).await
    }

    /// No other run acquires this lock while the control session holds the first lock.
    async fn lock_worker(&mut self, worker: &mut MigrationSession) -> Result<(), MigrationError> {
        let acquired = lock::acquire(worker, &self.locks.work, Instant::now() + LEDGER_TIMEOUT).await;
        match acquired.map_err(|error| self.ledger_error(&error))? {
            true => Ok(()),
            false => Err(MigrationError::StatementStillRuns { timeout: LEDGER_TIMEOUT, holder: None }),
        }
    }

    /// Releases the locks, so that the next run does not wait until the sessions have ended.
    pub(super) async fn unlock(mut self, worker: Option<MigrationSession>) {
        if let Some(mut worker) = worker {
            // Without an answer, dropping the session ends it, which releases the lock too.
            let _ = lock::release(&mut worker, &self.locks.work).await;
        }
        for name in [&self.locks.work, &self.locks.control] {
            let _ = lock::release(&mut self.session, name).await;
        }
    }

    /// Reads the ledger. A missing table is empty.
    pub(super) async fn read(&mut self) -> Result<Vec<LedgerRow>, MigrationError> {
        let rows = self.rows(&self.ledger.select()).await?;
        rows.iter().map(|values| LedgerRow::parse(values)).collect::<Option<_>>().ok_or_else(|| {
            MigrationError::Ledger {
                table: self.ledger.table.clone(),
                message: "it has columns or values of another program".to_owned(),
            }
        })
    }

    /// Queries the ledger. A missing table is empty.
    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, MigrationError> {
        match self.session.rows(sql, LEDGER_TIMEOUT).await {
            Ok(rows) => Ok(rows),
            Err(Error { kind: ErrorKind::Server(server), .. }) if server.code == NO_SUCH_TABLE => Ok(Vec::new()),
            Err(error) => Err(self.ledger_error(&error)),
        }
    }

    /// Creates the table if it is missing.
    pub(super) async fn create(&mut self) -> Result<(), MigrationError> {
        let sql = self.ledger.create();
        self.write(&sql).await
    }

    /// Changes the ledger. Before it, checks that the lock is still held.
    pub(super) async fn write(&mut self, sql: &str) -> Result<(), MigrationError> {
        match lock::is_ours(&mut self.session, &self.locks.control).await {
            Ok(true) => self.command(sql).await,
            Ok(false) => Err(MigrationError::Ledger {
                table: self.ledger.table.clone(),
                message: "the session no longer holds the lock of the migrations".to_owned(),
            }),
            Err(error) => Err(self.ledger_error(&error)),
        }
    }

    /// Changes the row of a file. A file can remove its own row, or the ledger. This fails then,
    /// and adds the row of an interrupted file, so that the next run does not take the file as new.
    pub(super) async fn update(&mut self, file: &MigrationFile, sql: &str) -> Result<(), MigrationError> {
        let written = self.write(sql).await;
        let row = self.ledger.find(file.version());
        match self.rows(&row).await {
            Ok(rows) if rows.is_empty() => {
                self.create().await?;
                let start = self.ledger.start(file);
                self.write(&start).await?;
                Err(MigrationError::Ledger {
                    table: self.ledger.table.clone(),
                    message:
                        "the row of the file was missing, probably removed by the file itself; check the other rows"
                            .to_owned(),
                })
            }
            _ => written,
        }
    }

    async fn command(&mut self, sql: &str) -> Result<(), MigrationError> {
        self.session.command(sql, LEDGER_TIMEOUT).await.map_err(|error| self.ledger_error(&error))
    }

    fn ledger_error(&self, error: &Error) -> MigrationError {
        let is_denied = matches!(&error.kind, ErrorKind::Server(server)
            if server.class == ServerClass::Access && server.code != NO_SUCH_SCHEMA);
        let advice = match is_denied {
            true => "; grant the account CREATE, SELECT, INSERT, UPDATE and DELETE on it",
            false => "",
        };
        MigrationError::Ledger { table: self.ledger.table.clone(), message: described(error) + advice }
    }
}

fn connect_error(error: Error) -> MigrationError {
    MigrationError::Connect { message: InspectError::from(error).to_string() }
}

/// Returns the message of an error, with the code of the server.
pub(super) fn described(error: &Error) -> String {
    match &error.kind {
        ErrorKind::Server(server) => format!("{} ({}, {})", error.message, server.code, server.sqlstate),
        _ => error.message.clone(),
    }
}
