//! Applies the pending files.

use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use super::error::MigrationError;
use super::files::{FileStatement, MigrationFile};
use super::ledger::{Failure, RowState};
use super::run::{Control, LEDGER_TIMEOUT, described};
use super::session::MigrationSession;
use super::statements::{commits_before, is_atomic, is_setting};
use super::{AppliedMigration, MigrationProgress, Migrations, plan};
use crate::core::Database;
use crate::types::{Error, ErrorKind, Result, RetryAdvice, ServerClass, leaves_commit_in_doubt};
use wasmysql_sql::{DELIMITER_ADVICE, beginning};

/// The interval of pings of the control session while a statement runs. Firewalls drop connections
/// that are idle for minutes.
const KEEPALIVE: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// The server's code for a statement that it can't parse.
const SYNTAX_ERROR: u16 = 1064;

/// Applies the pending files, in order.
pub(super) async fn migrate(
    database: &Database,
    migrations: &Migrations,
) -> Result<Vec<AppliedMigration>, MigrationError> {
    let mut control = Control::connect(database, migrations).await?;
    let mut worker = None;
    let result = apply_all(database, migrations, &mut control, &mut worker).await;
    control.unlock(worker).await;
    result
}

async fn apply_all(
    database: &Database,
    migrations: &Migrations,
    control: &mut Control,
    worker: &mut Option<MigrationSession>,
) -> Result<Vec<AppliedMigration>, MigrationError> {
    control.lock(migrations.statement_timeout).await?;
    let rows = control.read().await?;
    let pending = plan::pending(&migrations.files, &rows)?;
    let mut applied = Vec::new();
    if pending.is_empty() {
        return Ok(applied);
    }
    if rows.is_empty() {
        control.create().await?;
    }
    let worker = worker.insert(control.worker(database).await?);
    for file in pending {
        if !applied.is_empty() {
            control.reset_worker(worker).await?;
        }
        migrations.report(MigrationProgress::Started(file));
        let timeout = migrations.statement_timeout;
        let run =
            FileRun { control, worker, file, timeout, start: Instant::now(), applied: 0, recorded: 0, begun: None };
        let done = run.apply().await?;
        tracing::info!(migration = done.name, statements = done.statements, "applied a migration");
        migrations.report(MigrationProgress::Applied(&done));
        applied.push(done);
    }
    Ok(applied)
}

/// The run of a file.
struct FileRun<'r> {
    control: &'r mut Control,
    worker: &'r mut MigrationSession,
    file: &'r MigrationFile,
    /// The deadline of each statement.
    timeout: Duration,
    start: Instant,
    /// The number of statements, from the first, that are applied and committed.
    applied: usize,
    /// The value of `applied` in the ledger.
    recorded: usize,
    /// The index of the statement that began the open transaction.
    begun: Option<usize>,
}

impl FileRun<'_> {
    async fn apply(mut self) -> Result<AppliedMigration, MigrationError> {
        let file = self.file;
        let start = self.control.ledger.start(file);
        self.control.write(&start).await?;
        for (at, statement) in file.statements.iter().enumerate() {
            match self.execute(&statement.sql).await {
                Ok(()) => self.succeeded(at, &statement.sql).await?,
                Err(error) => return Err(self.failed(statement, &error).await),
            }
        }
        if let Some(begun) = self.begun {
            return Err(self.ended_in_transaction(&file.statements[begun]).await);
        }
        let duration = self.start.elapsed();
        let applied = self.control.ledger.applied(file, duration);
        self.control.update(file, &applied).await.map_err(|error| self.unrecorded(&error))?;
        let (version, name, statements) = (file.version(), file.name().to_owned(), file.statements.len());
        Ok(AppliedMigration { version, name, statements, duration })
    }

    /// Runs a statement. Meanwhile the control session stays in use.
    async fn execute(&mut self, sql: &str) -> Result<()> {
        let control = &mut self.control.session;
        let mut running = pin!(self.worker.command(sql, self.timeout));
        loop {
            tokio::select! {
                biased;
                result = &mut running => return result,
                // After a failed ping the next write to the ledger fails.
                () = tokio::time::sleep(KEEPALIVE) => drop(control.ping(PING_TIMEOUT).await),
            }
        }
    }

    /// Records the progress. Statements of an open transaction do not count as applied yet.
    async fn succeeded(&mut self, at: usize, sql: &str) -> Result<(), MigrationError> {
        if !self.worker.in_transaction() {
            // Settings of the session before the first change are no change.
            let applied = if self.applied == 0 && self.begun.is_none() && is_setting(sql) { 0 } else { at + 1 };
            (self.begun, self.applied) = (None, applied);
        } else if self.begun.is_none() || commits_before(sql) {
            (self.begun, self.applied) = (Some(at), at);
        }
        let is_last = at + 1 == self.file.statements.len();
        if self.applied > self.recorded && !is_last {
            let progress = self.control.ledger.progress(self.file.version(), self.applied);
            self.control.update(self.file, &progress).await.map_err(|error| self.unrecorded(&error))?;
            self.recorded = self.applied;
        }
        Ok(())
    }

    /// Records an error of a statement.
    async fn failed(mut self, statement: &FileStatement, error: &Error) -> MigrationError {
        let mut message = described(error);
        let server = match &error.kind {
            ErrorKind::Server(server) if !leaves_commit_in_doubt(server.code) => server,
            _ => {
                self.record(RowState::Running, true, statement.line, &mut message).await;
                return MigrationError::InDoubt {
                    file: self.file.location.clone(),
                    version: self.file.version(),
                    line: statement.line,
                    statement: beginning(&statement.sql),
                    message,
                    statements_applied: self.applied,
                    statements: self.file.statements.len(),
                };
            }
        };
        let is_syntax = server.code == SYNTAX_ERROR;
        let is_rolled_back = self.roll_back().await
            || server.class == ServerClass::LockTimeout
            || error.retry == RetryAdvice::NewTransaction;
        let changed_nothing = is_atomic(&statement.sql) || (is_syntax && !statement.sql.contains(';'));
        let in_doubt = !changed_nothing || (self.begun.is_some() && !is_rolled_back);
        if is_syntax && statement.may_need_delimiter {
            message = format!("{message}\n  {DELIMITER_ADVICE}");
        }
        self.record(RowState::Failed, in_doubt, statement.line, &mut message).await;
        MigrationError::Statement {
            file: self.file.location.clone(),
            version: self.file.version(),
            line: statement.line,
            statement: beginning(&statement.sql),
            message,
            statements_applied: self.applied,
            statements: self.file.statements.len(),
            in_doubt,
        }
    }

    /// Rolls back the open transaction after an error. Returns whether one was open: the statement
    /// can have committed it before it failed, or the server can have rolled it back.
    async fn roll_back(&mut self) -> bool {
        // An error does not report whether a transaction is open.
        let is_open = self.worker.ping(PING_TIMEOUT).await.is_ok() && self.worker.in_transaction();
        if is_open {
            // Without an answer, the session is killed, which rolls back too.
            let _ = self.worker.command("ROLLBACK", LEDGER_TIMEOUT).await;
        }
        is_open
    }

    /// Rolls back the transaction in which the file ended.
    async fn ended_in_transaction(mut self, begun: &FileStatement) -> MigrationError {
        self.roll_back().await;
        let mut message = "the file ended in a transaction, which was rolled back".to_owned();
        self.record(RowState::Failed, false, begun.line, &mut message).await;
        MigrationError::OpenTransaction {
            file: self.file.location.clone(),
            version: self.file.version(),
            line: begun.line,
            statements_applied: self.applied,
            statements: self.file.statements.len(),
        }
    }

    /// Records a failure in the ledger, as far as that is possible.
    async fn record(&mut self, state: RowState, in_doubt: bool, line: usize, message: &mut String) {
        let failure = Failure { applied: self.applied, in_doubt, line, message };
        let sql = self.control.ledger.failed(self.file.version(), state, &failure, self.start.elapsed());
        if let Err(error) = self.control.update(self.file, &sql).await {
            *message += &format!("\n  {error}; so the next run reports the file as interrupted");
        }
    }

    fn unrecorded(&self, error: &MigrationError) -> MigrationError {
        let message = match error {
            MigrationError::Ledger { message, .. } => message.clone(),
            error => error.to_string(),
        };
        MigrationError::Unrecorded {
            file: self.file.location.clone(),
            version: self.file.version(),
            message,
            statements_applied: self.applied,
            statements: self.file.statements.len(),
        }
    }
}
