//! Bulk commands of MariaDB: one statement, executed for many rows of parameters in one round trip
//! (COM_STMT_BULK_EXECUTE). Also finds the row of an INSERT that failed.

use mysql_async::prelude::Queryable;
use mysql_async::{Error as Failure, Params};

use super::{Reply, Session};
use crate::driver::errors::{catch_driver_panic, session_error};
use crate::driver::params::parameter;
use crate::driver::statement_cache::Prepared;
use crate::sql::Bulk;
use crate::types::{Error, ErrorKind, Result, Value, Warning, ends_session};

/// The server refuses a bulk command for this statement (1295), and otherwise executes it without
/// an effect.
const PROBE: &str = "DO ?";
const NOT_SUPPORTED: u16 = 1295;

/// Counts the executions of prepared statements in this session. Each row of an UPDATE or DELETE
/// counts once, and executions by triggers and procedures don't count. A statement that the server
/// prepares again is counted twice.
const EXECUTIONS: &str = "SELECT CAST(SUM(IF(variable_name = 'COM_STMT_EXECUTE', variable_value, -variable_value)) AS SIGNED) \
                          FROM information_schema.session_status \
                          WHERE variable_name IN ('COM_STMT_EXECUTE', 'COM_STMT_REPREPARE')";

/// Returns the code and the row of the last condition. A local variable, because the guest could
/// read a user variable. This keeps the list of warnings.
const FAILED_ROW: &str = "BEGIN NOT ATOMIC DECLARE n, code, failed BIGINT DEFAULT 0; GET DIAGNOSTICS n = NUMBER; \
                          GET DIAGNOSTICS CONDITION n code = MYSQL_ERRNO, failed = ROW_NUMBER; \
                          SELECT code, failed; END";

/// The diagnostics of a bulk command that the server would report wrongly or not at all.
#[derive(Debug, Default)]
pub(super) struct BulkDiagnostics {
    /// The server adds up the warnings of all rows before each row.
    pub(super) warning_count: Option<u16>,
    /// The warnings of a failed command. The search for the failed row replaces them at the server.
    pub(super) warnings: Option<Vec<Warning>>,
}

impl Session {
    /// Returns whether the connection has bulk commands. Client and server agree on them at login,
    /// and a proxy between them takes part. The driver does not expose the result, so the first
    /// call asks the server.
    pub(crate) async fn offers_bulk(&mut self) -> Result<bool> {
        if let Some(offers_bulk) = self.offers_bulk {
            return Ok(offers_bulk);
        }
        let offers_bulk = self.flavour.may_offer_bulk() && self.refuses_bulk_probe().await?;
        self.offers_bulk = Some(offers_bulk);
        Ok(offers_bulk)
    }

    async fn refuses_bulk_probe(&mut self) -> Result<bool> {
        catch_driver_panic(async {
            let probe = match self.conn.prep(PROBE).await {
                // The limit of prepared statements is reached.
                Err(Failure::Server(_)) => return Ok(false),
                probe => probe.map_err(session_error)?,
            };
            let answer = self.conn.exec_batch(&probe, [(0,)]).await;
            self.conn.close(probe).await.map_err(session_error)?;
            match answer {
                Err(Failure::Server(refusal)) => Ok(refusal.code == NOT_SUPPORTED),
                answer => answer.map(|()| false).map_err(session_error),
            }
        })
        .await
    }

    /// Executes a statement for rows of parameters in one command. Returns `None` if the server
    /// refuses the command for this statement, and has executed nothing. The caller checks the
    /// number of parameters, and that the rows fit into one packet.
    ///
    /// # Errors
    ///
    /// If the server reports an error and which row failed, sets `failed` to the position of the
    /// row in `rows`.
    pub(crate) async fn execute_bulk(
        &mut self,
        prepared: &Prepared,
        bulk: Bulk,
        rows: impl ExactSizeIterator<Item = Vec<Value>> + Send,
        failed: &mut Option<usize>,
    ) -> Result<Option<Reply>> {
        let count = rows.len();
        let before = match bulk {
            Bulk::Insert => 0,
            Bulk::Change => self.executions().await?,
        };
        self.begin_statement(prepared.takes_named_locks, false);
        let reply = catch_driver_panic(async {
            let rows = rows.map(|row| Params::Positional(row.into_iter().map(parameter).collect()));
            self.conn.exec_batch(prepared.statement(), rows).await.map_err(session_error)?;
            Ok(Reply {
                affected_rows: self.conn.affected_rows(),
                last_insert_id: self.conn.last_insert_id().unwrap_or(0),
                info: self.conn.info().into_owned(),
                ..Reply::default()
            })
        })
        .await;
        let error = match reply {
            Ok(reply) => {
                self.settle();
                self.correct_warning_count(bulk).await?;
                return Ok(Some(reply));
            }
            Err(error) => error,
        };
        let executed = match bulk {
            _ if !may_answer(&error) => None,
            Bulk::Insert => self.failed_insert(&error).await?,
            Bulk::Change => {
                self.bulk_diagnostics.warnings = Some(self.warnings().await?);
                self.executions().await?.checked_sub(before)
            }
        };
        if bulk == Bulk::Change && executed == Some(0) && is_refusal(&error) {
            self.bulk_diagnostics = BulkDiagnostics::default();
            return Ok(None);
        }
        // The last row that was executed is the one that failed.
        *failed = executed.and_then(|executed| executed.checked_sub(1)).filter(|position| *position < count);
        Err(error)
    }

    /// Executes an INSERT or REPLACE of several rows as one statement. The caller checks what
    /// `execute` requires.
    ///
    /// # Errors
    ///
    /// If the server reports an error and which row failed, sets `failed` to the position of the
    /// row in the statement.
    pub(crate) async fn execute_multi_row(
        &mut self,
        prepared: &Prepared,
        params: Vec<Value>,
        failed: &mut Option<usize>,
    ) -> Result<Reply> {
        match self.execute(prepared, params).await {
            Err(error) if may_answer(&error) => {
                *failed = self.failed_insert(&error).await?.and_then(|number| number.checked_sub(1));
                Err(error)
            }
            reply => reply,
        }
    }

    /// Queries the number of warnings if the response contains the sum of the counts after each
    /// row.
    async fn correct_warning_count(&mut self, bulk: Bulk) -> Result<()> {
        if bulk == Bulk::Change && self.conn.get_warnings() > 0 {
            let counts: Vec<u64> = self.query("SELECT @@warning_count").await?;
            self.bulk_diagnostics.warning_count = counts.first().map(|count| u16::try_from(*count).unwrap_or(u16::MAX));
        }
        Ok(())
    }

    /// Returns the number of the row with which an INSERT failed, counted from 1.
    async fn failed_insert(&mut self, error: &Error) -> Result<Option<usize>> {
        let ErrorKind::Server(server) = &error.kind else { return Ok(None) };
        if !self.flavour.reports_row_numbers() {
            return Ok(None);
        }
        let rows: Vec<(u16, usize)> = self.query(FAILED_ROW).await?;
        Ok(rows.first().filter(|(code, _)| *code == server.code).map(|(_, number)| *number))
    }

    async fn executions(&mut self) -> Result<usize> {
        let counts: Vec<Option<usize>> = self.query(EXECUTIONS).await?;
        Ok(counts.into_iter().flatten().next().unwrap_or(0))
    }
}

/// Returns whether the server refuses bulk commands for the statement, and no trigger raised the
/// error: the caller checks that nothing was executed.
fn is_refusal(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Server(server) if server.code == NOT_SUPPORTED)
}

/// Returns whether the session can answer questions after this error.
fn may_answer(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => !ends_session(server.code),
        kind => *kind == ErrorKind::ServerTimeout,
    }
}
