//! The statements of guests: prepare, execute, and read results.

use std::sync::Arc;
use std::time::Instant;

use mysql_async::prelude::{Protocol, Queryable};
use mysql_async::{BinaryProtocol, Conn, Params, QueryResult, Row, Statement, TextProtocol};

use super::bulk::BulkDiagnostics;
use super::look_ahead::LookAhead;
use super::unprepared::{Preparation, Unprepared};
use super::{Remaining, Reply, Session};
use crate::driver::errors::{catch_driver_panic, command_error, protocol_violation, session_error};
use crate::driver::parameter_types::ParameterTypes;
use crate::driver::params::parameter;
use crate::driver::placeholders::readable;
use crate::driver::rows;
use crate::driver::statement_cache::Prepared;
use crate::sql::{StatementKind, is_call, may_wrap_columns, takes_named_locks};
use crate::types::{BatchBuilder, Error, ErrorKind, Limit, Result, Value};

/// The maximum number of bytes that `command_in_sync` adds to its statements.
pub(super) const CHECK_BYTES: usize = 128;

impl Session {
    /// Returns the cached statement of this text that accepts these parameters.
    pub(crate) fn prepared(&mut self, sql: &str, params: &[Value]) -> Option<Prepared> {
        self.statements.get(sql, params)
    }

    /// Prepares a statement and caches it, unless the server can't prepare it.
    ///
    /// `typed` is the same statement with casts around its placeholders. If the server rejects the
    /// casts, the statement is prepared without them.
    ///
    /// # Errors
    ///
    /// Fails with `argument` for `:name` placeholders, and with `limit-exceeded(columns)` for a
    /// result of more than `max_columns`.
    pub(crate) async fn prepare(
        &mut self,
        sql: &str,
        typed: Option<&str>,
        kind: StatementKind,
        max_columns: usize,
    ) -> Result<Preparation> {
        let text = readable(sql)?;
        let statement = match typed {
            None => self.prepare_text(&text).await,
            Some(typed) => match self.prepare_text(&readable(typed)?).await {
                // The error of this second attempt quotes the statement as the guest wrote it.
                Err(error) if matches!(error.kind, ErrorKind::Server(_)) => self.prepare_text(&text).await,
                statement => statement,
            },
        };
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Unprepared::new(&text, kind, error).map(|it| Preparation::Refused(it.into())),
        };
        if may_wrap_columns(sql) {
            self.check_sync().await?;
        }
        let columns = usize::from(statement.num_columns());
        if columns > max_columns {
            catch_driver_panic(async { self.conn.close(statement).await.map_err(session_error) }).await?;
            return Err(too_many_columns(columns, max_columns));
        }
        let text = typed.unwrap_or(sql);
        let types = self.flavour.keeps_parameter_types().then(|| ParameterTypes::new(&statement, text));
        let prepared = Prepared::new(statement, kind, is_call(sql), takes_named_locks(sql), types);
        self.statements.insert(text, &prepared);
        Ok(Preparation::Prepared(prepared))
    }

    async fn prepare_text(&mut self, text: &str) -> Result<Statement> {
        let was_idle = self.was_idle();
        self.bulk_diagnostics = BulkDiagnostics::default();
        catch_driver_panic(async {
            while let Some(statement) = self.statements.pop_closable() {
                self.conn.close(statement).await.map_err(session_error)?;
            }
            let statement = self.conn.prep(text).await.map_err(command_error(was_idle));
            if !statement.as_ref().is_err_and(is_statement_limit) || !self.statements.evict_all() {
                return statement;
            }
            while let Some(statement) = self.statements.pop_closable() {
                self.conn.close(statement).await.map_err(session_error)?;
            }
            self.conn.prep(text).await.map_err(command_error(was_idle))
        })
        .await
    }

    /// Checks that the responses are in sync with the commands. A response that is longer than it
    /// declares leaves unread packets. The driver would read them as the response to the next
    /// command.
    pub(super) async fn check_sync(&mut self) -> Result<()> {
        self.command_in_sync("''", "").await.map(drop)
    }

    /// Runs statements of the host, and checks that the response belongs to them and not to an
    /// earlier command. Returns the text of an expression, computed before the statements. It can
    /// be in another character set than UTF-8, because the statements set that.
    pub(super) async fn command_in_sync(&mut self, expression: &str, statements: &str) -> Result<Vec<u8>> {
        let nonce = getrandom::u64().map_err(|_| protocol_violation("the host has no source of random numbers"))?;
        debug_assert!(expression.len() + 32 <= CHECK_BYTES);
        catch_driver_panic(async {
            let sql = format!("SELECT {nonce},{expression}{statements}");
            let row: Option<Row> = self.conn.query_first(sql).await.map_err(session_error)?;
            let answer = row.and_then(|row| Some((row.get_opt::<u64, _>(0)?.ok()?, row.get_opt(1)?.ok()?)));
            match answer {
                Some((answer, text)) if answer == nonce => Ok(text),
                _ => Err(protocol_violation(
                    "the responses of this connection are out of sync, so it is closed; a result of 65,536 or more \
                     columns causes this",
                )),
            }
        })
        .await
    }

    /// Executes a statement. The caller checks that it accepts the parameters. It also checks their
    /// number, because the driver closes the connection if it is wrong.
    pub(crate) async fn execute(&mut self, prepared: &Prepared, params: Vec<Value>) -> Result<Reply> {
        debug_assert_eq!(prepared.parameters(), params.len());
        prepared.keep_types(&params);
        self.begin_statement(prepared.takes_named_locks, false);
        self.read_limit.start();
        let was_idle = self.was_idle();
        let reply = catch_driver_panic(async {
            let params = match params.is_empty() {
                true => Params::Empty,
                false => Params::Positional(params.into_iter().map(parameter).collect()),
            };
            let result = self.conn.exec_iter(prepared.statement(), params).await.map_err(command_error(was_idle))?;
            if let Some(columns) = result.columns().filter(|columns| !columns.is_empty()) {
                // The counters of the driver still belong to the previous statement.
                return Ok(Reply { columns: prepared.convert_columns(columns), ..Reply::default() });
            }
            Reply::without_rows(result).await
        })
        .await;
        self.read_limit.observe(&reply);
        let reply = reply?;
        if self.flavour.keeps_parameter_types() && prepared.kind == StatementKind::DDL {
            // The types include the character sets of the tables as they were.
            self.statements.evict_all();
        }
        if reply.columns.is_empty() {
            self.settle();
        }
        Ok(reply)
    }

    /// Prepares the state of the session for a statement of the guest.
    pub(super) fn begin_statement(&mut self, takes_named_locks: bool, result_is_text: bool) {
        if takes_named_locks {
            self.locks_since.get_or_insert_with(Instant::now);
        }
        (self.settled, self.result_is_text, self.ahead) = (false, result_is_text, None);
        self.bulk_diagnostics = BulkDiagnostics::default();
    }

    /// Reads rows into `batch` until it is full or the result ends. Returns what remains of the
    /// response: if the batch is full, waits for the next row or the end of the result.
    pub(crate) async fn read(&mut self, batch: &mut BatchBuilder, row_bytes: usize) -> Result<Remaining> {
        let (conn, ahead) = (&mut *self.conn, &mut self.ahead);
        let remaining = catch_driver_panic(async {
            match self.result_is_text {
                false => read::<BinaryProtocol>(conn, ahead, batch, row_bytes).await,
                true => Box::pin(read::<TextProtocol>(conn, ahead, batch, row_bytes)).await,
            }
        })
        .await;
        self.read_limit.observe(&remaining);
        let remaining = remaining?;
        self.settle_unless(&remaining);
        if matches!(remaining, Remaining::Nothing) {
            self.check_read_limit().await?;
        }
        Ok(remaining)
    }

    /// Skips the remaining rows of the result. Returns what remains of the response.
    pub(crate) async fn skip(&mut self) -> Result<Remaining> {
        self.ahead.take().map_or(Ok(()), LookAhead::discard)?;
        let conn = &mut *self.conn;
        let remaining = catch_driver_panic(async {
            match self.result_is_text {
                false => skip::<BinaryProtocol>(conn).await,
                true => Box::pin(skip::<TextProtocol>(conn)).await,
            }
        })
        .await?;
        self.settle_unless(&remaining);
        Ok(remaining)
    }

    /// Skips the rest of the response: the remaining rows, and all further results.
    pub(crate) async fn discard(&mut self) -> Result<()> {
        self.ahead.take().map_or(Ok(()), LookAhead::discard)?;
        let conn = &mut *self.conn;
        catch_driver_panic(async {
            match self.result_is_text {
                false => QueryResult::<'_, '_, BinaryProtocol>::new(conn).drop_result().await,
                true => QueryResult::<'_, '_, TextProtocol>::new(conn).drop_result().await,
            }
            .map_err(session_error)
        })
        .await?;
        self.settle();
        Ok(())
    }

    fn settle_unless(&mut self, remaining: &Remaining) {
        if matches!(remaining, Remaining::Nothing) {
            self.settle();
        }
    }
}

/// Returns whether the server has reached its limit of prepared statements
/// (`max_prepared_stmt_count`), over all sessions.
fn is_statement_limit(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Server(server) if server.code == 1461)
}

/// Returns the error for a result with more columns than the grant allows.
pub(crate) fn too_many_columns(columns: usize, allowed: usize) -> Error {
    Error::limit(
        Limit::Columns,
        format!("the result has {columns} columns, but the grant allows {allowed}; select fewer columns"),
    )
}

impl Reply {
    /// Returns the response of a statement without rows. Consumes the empty result, and the further
    /// results of a procedure.
    pub(super) async fn without_rows<P: Protocol>(result: QueryResult<'_, '_, P>) -> Result<Self> {
        let reply = Self {
            affected_rows: result.affected_rows(),
            last_insert_id: result.last_insert_id().unwrap_or(0),
            info: result.info().into_owned(),
            columns: Arc::default(),
        };
        result.drop_result().await.map_err(session_error)?;
        Ok(reply)
    }
}

async fn read<P: Protocol>(
    conn: &mut Conn,
    ahead: &mut Option<LookAhead>,
    batch: &mut BatchBuilder,
    row_bytes: usize,
) -> Result<Remaining> {
    if batch.is_full() && ahead.is_some() {
        return Ok(Remaining::Rows);
    }
    ahead.take().map_or(Ok(()), |ahead| ahead.push(batch, row_bytes))?;
    let mut result = QueryResult::<'_, '_, P>::new(conn);
    loop {
        match result.next().await.map_err(session_error) {
            Ok(Some(row)) if batch.is_full() => *ahead = Some(LookAhead::new(row, row_bytes)),
            Ok(Some(row)) => {
                rows::push(batch, row, row_bytes)?;
                continue;
            }
            Ok(None) => return after_result(&mut result).await,
            // The guest gets the rows of a full batch, and the error with its next call.
            Err(error) if batch.is_full() && batch.size().0 > 0 => *ahead = Some(LookAhead::Failed(error)),
            Err(error) => return Err(error),
        }
        return Ok(Remaining::Rows);
    }
}

async fn skip<P: Protocol>(conn: &mut Conn) -> Result<Remaining> {
    let mut result = QueryResult::<'_, '_, P>::new(conn);
    while result.next().await.map_err(session_error)?.is_some() {}
    after_result(&mut result).await
}

/// Returns what follows a result whose rows are all read. The driver has already read the header of
/// the next result, if there is one. A header without columns is the end of a CALL.
async fn after_result<P: Protocol>(result: &mut QueryResult<'_, '_, P>) -> Result<Remaining> {
    loop {
        let header = result.columns();
        if let Some(columns) = &header
            && !columns.is_empty()
        {
            return Ok(Remaining::Result(columns.iter().map(rows::column).collect()));
        }
        // Skips the end, or returns the error that arrived instead of a header. The driver reports
        // such an error only here.
        result.next().await.map_err(session_error)?;
        if header.is_none() {
            return Ok(Remaining::Nothing);
        }
    }
}
