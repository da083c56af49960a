//! One server session. Its methods are the only way to a server; none of them has a deadline of its own, the caller
//! brings it and drops the session when it passes.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use futures::future::FutureExt;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{BinaryProtocol, Conn, Opts, Params, QueryResult, Row, Statement};

use super::connector::Presence;
use super::errors::{catch_driver_panic, connecting, protocol_violation, running};
use super::graceful_close::GracefulClose;
use super::params::parameter;
use super::placeholders::readable;
use super::server_text::presented;
use super::session_defaults::SessionDefaults;
use super::session_settings::{Allowed, BACKSTOP, IDENTITY, SessionSettings, StatementLimit, limited};
use super::statement_cache::{Prepared, StatementCache};
use super::{DatabaseOptions, rows};
use crate::sql::{StatementKind, is_call, may_wrap_columns, takes_named_locks};
use crate::types::{BatchBuilder, Column, Error, ErrorKind, Limit, Result, Value, Warning};

/// Answers that may lie unread on a connection that is cut: those of a reset and the session defaults after it.
const UNREAD_ANSWERS: usize = 8;

/// What `ask_in_turn` puts before the statements that it runs, at most.
const PROOF_BYTES: usize = 32;

/// A connection that is logged in.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) conn: GracefulClose,
    statements: StatementCache,
    id: SessionId,
    /// The host's own statements that make it as new.
    defaults: SessionDefaults,
    /// The largest packet that the server takes.
    packet: usize,
    allowed: Allowed,
    /// What was asked for since the last reset.
    settings: Option<SessionSettings>,
    /// How long the server lets a statement take, if it was asked to.
    limit: Duration,
    /// Made where a better server was not to be had.
    pub(super) fallback: bool,
    /// When the first statement since the last reset, or since it was known to hold none, was sent that takes a lock by name.
    locks_since: Option<Instant>,
}

/// Which session of which server.
#[derive(Debug, Clone)]
pub(crate) struct SessionId {
    /// The server's id of it, as KILL takes it.
    pub(crate) number: u32,
    /// Which of the database's servers it is on.
    pub(super) server: usize,
    /// What that server is called by itself.
    pub(super) identity: Arc<str>,
    /// Ids of a server that has restarted since mean other sessions.
    pub(super) connected: Instant,
}

/// What a statement did, before its rows are read.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) affected_rows: u64,
    pub(crate) last_insert_id: u64,
    pub(crate) info: String,
    /// Empty: it returns no rows.
    pub(crate) columns: Arc<[Column]>,
}

/// What follows the rows that were read.
#[derive(Debug)]
pub(crate) enum Remaining {
    /// More of them.
    Rows,
    /// Another result, of these columns: a CALL can have several.
    Result(Arc<[Column]>),
    Nothing,
}

/// A prepared transaction, as XA RECOVER tells it.
#[derive(Debug)]
pub(crate) struct PreparedBranch {
    pub(crate) format: i64,
    pub(crate) name: Vec<u8>,
    pub(crate) qualifier: Vec<u8>,
}

impl Session {
    /// Logs in at one of the database's servers.
    pub(super) async fn connect(
        opts: Opts,
        options: &DatabaseOptions,
        server: usize,
        presence: Presence,
    ) -> Result<Session> {
        catch_driver_panic(async {
            let conn = Conn::new(opts).await.map_err(connecting)?;
            let mut conn = GracefulClose::new(conn, presence);
            let known: Option<(String, f64, f64, usize, bool)> =
                conn.query_first(IDENTITY).await.map_err(connecting)?;
            let (identity, statement, idle_transaction, packet, init_connect) =
                known.ok_or_else(|| protocol_violation("the server does not say which it is"))?;
            if init_connect {
                // What it has set would be gone after the first reset: its first borrower is to find what all others find.
                conn.reset().await.map_err(connecting)?;
            }
            let defaults = SessionDefaults::new(options);
            for text in defaults.texts(None, packet) {
                conn.query_drop(text).await.map_err(connecting)?;
            }
            let allowed = Allowed { statement, idle_transaction };
            let id = SessionId { number: conn.id(), server, identity: identity.into(), connected: Instant::now() };
            let statements = StatementCache::default();
            let (settings, limit, locks_since) = (None, BACKSTOP, None);
            Ok(Session {
                conn,
                statements,
                id,
                defaults,
                packet,
                allowed,
                settings,
                limit,
                fallback: false,
                locks_since,
            })
        })
        .await
    }

    /// Which session of which server it is.
    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    /// Whether a better server than its own was not to be had when it was made.
    pub(crate) fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// Has the server hold to what a grant asks for, and limit each statement. Nothing is sent where it does so already.
    pub(crate) async fn apply_settings(&mut self, settings: SessionSettings, limit: StatementLimit) -> Result<()> {
        let limit = match limit {
            StatementLimit::Kept => self.limit,
            StatementLimit::AtLeast(limit) => limit.max(BACKSTOP),
            StatementLimit::Exact(limit) => limit,
        };
        if self.settings == Some(settings) && self.limit == limit {
            return Ok(());
        }
        let sql = match self.settings == Some(settings) {
            true => limited(limit, self.allowed),
            false => settings.as_sql(limit, self.allowed),
        };
        self.command(&sql).await?;
        (self.settings, self.limit) = (Some(settings), limit);
        Ok(())
    }

    /// By then the server ends a statement that begins now, if nobody else does.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// Runs one of the host's own statements, over the text protocol: some of them can't be prepared on MySQL (1295).
    /// Never given text of a guest.
    pub(crate) async fn command(&mut self, sql: &str) -> Result<()> {
        catch_driver_panic(async { self.conn.query_drop(sql).await.map_err(running) }).await
    }

    /// The answer to one of the host's own questions.
    pub(super) async fn ask<T: FromRow + Send + 'static>(&mut self, sql: &'static str) -> Result<Vec<T>> {
        catch_driver_panic(async { self.conn.query(sql).await.map_err(running) }).await
    }

    /// The prepared statement of this text, if the session still has it.
    pub(crate) fn prepared(&mut self, sql: &str) -> Option<Prepared> {
        self.statements.get(sql)
    }

    /// Prepares a statement and keeps it. `typed` is the same statement with casts around its placeholders; where the server does not
    /// take them, the statement goes without.
    ///
    /// Refuses `:name` placeholders with `argument`, and a result of more than `most_columns` with `limit-exceeded(columns)`.
    pub(crate) async fn prepare(
        &mut self,
        sql: &str,
        typed: Option<&str>,
        kind: StatementKind,
        most_columns: usize,
    ) -> Result<Prepared> {
        let statement = match typed {
            None => self.prepare_text(sql).await?,
            Some(typed) => match self.prepare_text(typed).await {
                // Told of the statement as the guest wrote it.
                Err(error) if matches!(error.kind, ErrorKind::Server(_)) => self.prepare_text(sql).await?,
                statement => statement?,
            },
        };
        if may_wrap_columns(sql) {
            self.prove_turn().await?;
        }
        let columns = usize::from(statement.num_columns());
        if columns > most_columns {
            catch_driver_panic(async { self.conn.close(statement).await.map_err(running) }).await?;
            return Err(too_many_columns(columns, most_columns));
        }
        let prepared = Prepared::new(statement, kind, is_call(sql), takes_named_locks(sql));
        self.statements.keep(typed.unwrap_or(sql), &prepared);
        Ok(prepared)
    }

    async fn prepare_text(&mut self, sql: &str) -> Result<Statement> {
        let text = readable(sql)?;
        catch_driver_panic(async {
            while let Some(statement) = self.statements.pop_doomed() {
                self.conn.close(statement).await.map_err(running)?;
            }
            let statement = self.conn.prep(&*text).await.map_err(running);
            if !statement.as_ref().is_err_and(is_out_of_statements) || !self.statements.doom_all() {
                return statement;
            }
            while let Some(statement) = self.statements.pop_doomed() {
                self.conn.close(statement).await.map_err(running)?;
            }
            self.conn.prep(&*text).await.map_err(running)
        })
        .await
    }

    /// Shows that the server answers what was asked last. Where an answer is longer than it says, what is left of it would be taken for
    /// the answers to what follows.
    async fn prove_turn(&mut self) -> Result<()> {
        self.ask_in_turn("").await
    }

    /// Runs the host's own statements, and shows that the server answers them and nothing earlier.
    async fn ask_in_turn(&mut self, statements: &str) -> Result<()> {
        let nonce = getrandom::u64().map_err(|_| protocol_violation("this host has no random numbers"))?;
        catch_driver_panic(async {
            let row: Option<Row> = self.conn.query_first(format!("SELECT {nonce}{statements}")).await.map_err(running)?;
            match row.and_then(|row| row.get_opt::<u64, _>(0)) {
                Some(Ok(answer)) if answer == nonce => Ok(()),
                _ => Err(protocol_violation(
                    "the answers of this connection are out of turn, and it is closed; a result with 65,536 columns or more does that",
                )),
            }
        })
        .await
    }

    /// Executes a statement. The number of parameters must have been checked: the driver closes the connection over it.
    pub(crate) async fn execute(&mut self, prepared: &Prepared, params: Vec<Value>) -> Result<Reply> {
        debug_assert_eq!(prepared.parameters(), params.len());
        if prepared.takes_named_locks {
            self.locks_since.get_or_insert_with(Instant::now);
        }
        catch_driver_panic(async {
            let params = match params.is_empty() {
                true => Params::Empty,
                false => Params::Positional(params.into_iter().map(parameter).collect()),
            };
            let result = self.conn.exec_iter(prepared.statement(), params).await.map_err(running)?;
            if let Some(columns) = result.columns().filter(|columns| !columns.is_empty()) {
                // The counters still are those of the statement before.
                return Ok(Reply { columns: prepared.describe(columns), ..Reply::default() });
            }
            let reply = Reply {
                affected_rows: result.affected_rows(),
                last_insert_id: result.last_insert_id().unwrap_or(0),
                info: result.info().into_owned(),
                columns: Arc::default(),
            };
            // Consumes the empty result, and what a procedure returned after it.
            result.drop_result().await.map_err(running)?;
            Ok(reply)
        })
        .await
    }

    /// Reads rows into `batch` until it is full or the result ends, and tells what follows.
    pub(crate) async fn read(&mut self, batch: &mut BatchBuilder, row_bytes: usize) -> Result<Remaining> {
        catch_driver_panic(async {
            let mut result = QueryResult::<'_, '_, BinaryProtocol>::new(&mut *self.conn);
            while !batch.is_full() {
                match result.next().await.map_err(running)? {
                    Some(row) => rows::push(batch, row, row_bytes)?,
                    None => return following(&mut result).await,
                }
            }
            Ok(Remaining::Rows)
        })
        .await
    }

    /// Reads over what is left of a result, and tells what follows.
    pub(crate) async fn skip(&mut self) -> Result<Remaining> {
        catch_driver_panic(async {
            let mut result = QueryResult::<'_, '_, BinaryProtocol>::new(&mut *self.conn);
            while result.next().await.map_err(running)?.is_some() {}
            following(&mut result).await
        })
        .await
    }

    /// Reads over what is left of this result and of those that follow it.
    pub(crate) async fn discard(&mut self) -> Result<()> {
        catch_driver_panic(async {
            QueryResult::<'_, '_, BinaryProtocol>::new(&mut *self.conn).drop_result().await.map_err(running)
        })
        .await
    }

    /// Since when it may hold locks by name (GET_LOCK), if it does.
    pub(crate) fn locks_since(&self) -> Option<Instant> {
        self.locks_since
    }

    /// Releases all locks by name. Returns whether there were any.
    pub(crate) async fn release_named_locks(&mut self) -> Result<bool> {
        let released: Vec<Option<u64>> = self.ask("SELECT RELEASE_ALL_LOCKS()").await?;
        self.locks_since = None;
        Ok(released.iter().any(|count| *count != Some(0)))
    }

    /// The transactions of the server that are prepared, whoever began them.
    pub(crate) async fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        catch_driver_panic(async {
            let rows: Vec<(i64, usize, usize, Vec<u8>)> = self.conn.query("XA RECOVER").await.map_err(running)?;
            rows.into_iter()
                .map(|(format, name_bytes, qualifier_bytes, mut data)| {
                    let is_whole = name_bytes.checked_add(qualifier_bytes) == Some(data.len());
                    let qualifier = is_whole.then(|| data.split_off(name_bytes));
                    qualifier.map(|qualifier| PreparedBranch { format, name: data, qualifier })
                })
                .collect::<Option<_>>()
                .ok_or_else(|| protocol_violation("XA RECOVER was answered with lengths that its data does not have"))
        })
        .await
    }

    /// The warnings of the last statement.
    pub(crate) async fn warnings(&mut self) -> Result<Vec<Warning>> {
        catch_driver_panic(async {
            let rows: Vec<Row> = self.conn.query("SHOW WARNINGS").await.map_err(running)?;
            rows.into_iter()
                .map(|mut row| {
                    let (level, code) = (row.take(0)?, row.take(1)?);
                    Some(Warning { level, code, message: presented(code, None, row.take(2)?) })
                })
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| protocol_violation("SHOW WARNINGS was answered with other columns"))
        })
        .await
    }

    /// How many warnings the last statement left, once its result has been read.
    pub(crate) fn warning_count(&self) -> u16 {
        self.conn.get_warnings()
    }

    /// Whether the server said, in its last OK, that a transaction is open. Means something only right after a statement
    /// whose result has been read.
    pub(crate) fn in_transaction(&self) -> bool {
        self.conn.last_ok_packet().is_some_and(|ok| ok.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS))
    }

    pub(crate) async fn ping(&mut self) -> Result<()> {
        catch_driver_panic(async { self.conn.ping().await.map_err(running) }).await
    }

    /// Makes the session as good as new: transactions rolled back, variables, locks, temporary tables and prepared
    /// statements gone, schema and session defaults as after login. The settings are those it had: whoever comes next is likely to want
    /// the same.
    pub(crate) async fn reset(&mut self) -> Result<()> {
        self.statements.clear();
        self.locks_since = None;
        let settings = self.settings.take();
        catch_driver_panic(async {
            if !self.conn.reset().await.map_err(running)? {
                return Err(protocol_violation("the server is too old to reset a session"));
            }
            Ok(())
        })
        .await?;
        let settled = settings.map(|settings| settings.as_sql(BACKSTOP, self.allowed));
        let texts = self.defaults.texts(settled, self.packet.saturating_sub(PROOF_BYTES));
        for (at, text) in texts.iter().enumerate() {
            match at {
                0 => self.ask_in_turn(&format!("; {text}")).await?,
                _ => self.command(text).await?,
            }
        }
        (self.settings, self.limit) = (settings, BACKSTOP);
        Ok(())
    }

    /// Whether the server lists a session of the same account.
    pub(super) async fn lists(&mut self, number: u32) -> Result<bool> {
        let sql = format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id = {number}");
        catch_driver_panic(async {
            let count: Option<u64> = self.conn.query_first(sql).await.map_err(running)?;
            Ok(count != Some(0))
        })
        .await
    }

    /// How long the server runs, in whole seconds.
    pub(crate) async fn server_uptime(&mut self) -> Result<Duration> {
        catch_driver_panic(async {
            let row: Option<(String, u64)> =
                self.conn.query_first("SHOW GLOBAL STATUS LIKE 'Uptime'").await.map_err(running)?;
            row.map(|(_, seconds)| Duration::from_secs(seconds))
                .ok_or_else(|| protocol_violation("the server does not say its uptime"))
        })
        .await
    }

    /// Whether the connection is known to be gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.conn.is_closed()
    }

    /// Closes the socket now, whatever is in flight; nothing may be asked of the session any more. Dropping a connection of the driver
    /// would first read a pending result to its end, however long. A command that is begun and then dropped marks it as broken, and a
    /// broken one is just closed.
    pub(crate) fn cut(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        let mut context = Context::from_waker(Waker::noop());
        // An answer that had come already can be taken for that of a ping; there are only so many.
        for _ in 0..UNREAD_ANSWERS {
            if conn.is_disconnected() {
                break;
            }
            // Pending, it is dropped half-way, which is what is wanted; failed, the driver has closed the socket itself.
            let mut ping = Box::pin(catch_driver_panic(async { conn.ping().await.map_err(running) }));
            drop(ping.poll_unpin(&mut context));
        }
        drop(conn);
    }
}

/// Whether the server holds as many prepared statements as it may, of all its sessions.
fn is_out_of_statements(error: &Error) -> bool {
    matches!(&error.kind, ErrorKind::Server(server) if server.code == 1461)
}

/// More columns than the grant allows.
pub(crate) fn too_many_columns(columns: usize, allowed: usize) -> Error {
    Error::limit(Limit::Columns, format!("the result has {columns} columns, the grant allows {allowed}"))
}

/// What follows a result whose rows are read. The driver has read the head of the next one, if there is one; one without columns is
/// the end of a CALL.
async fn following(result: &mut QueryResult<'_, '_, BinaryProtocol>) -> Result<Remaining> {
    loop {
        let head = result.columns();
        if let Some(columns) = &head
            && !columns.is_empty()
        {
            return Ok(Remaining::Result(columns.iter().map(rows::column).collect()));
        }
        // Passes the end, or tells the error that came in the place of a head: the driver keeps it back until asked.
        result.next().await.map_err(running)?;
        if head.is_none() {
            return Ok(Remaining::Nothing);
        }
    }
}
