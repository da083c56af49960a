//! A server session. All communication with a server goes through its methods. The methods have no
//! deadline: the caller sets one, and drops the session when it expires.

mod bulk;
mod look_ahead;
mod prepared_branches;
mod process_list;
mod read_limit;
mod statements;
mod text_rows;
mod unprepared;

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use futures::future::FutureExt;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Opts, Row};

use self::bulk::BulkDiagnostics;
use self::look_ahead::LookAhead;
pub(crate) use self::prepared_branches::PreparedBranch;
use self::read_limit::ReadLimit;
use self::statements::CHECK_BYTES;
pub(crate) use self::statements::too_many_columns;
pub(crate) use self::unprepared::{Preparation, Unprepared};
use super::DatabaseOptions;
use super::connector::OpenSession;
use super::errors::{catch_driver_panic, command_error, connect_error, protocol_violation, session_error};
use super::graceful_close::GracefulClose;
use super::server_flavour::ServerFlavour;
use super::server_text::redacted;
use super::session_defaults::SessionDefaults;
use super::session_settings::{
    BACKSTOP, ROLES, SERVER_START, ServerLimits, SessionSettings, StatementLimit, identity_query, set_statements,
    statement_limit_sql,
};
use super::statement_cache::StatementCache;
use super::user_variables::UserVariables;
use crate::types::{Column, Result, Warning};

/// The maximum number of unread responses on an aborted connection: those of a reset and of the
/// session defaults after it.
const UNREAD_RESPONSES: usize = 8;

/// The shortest time after which a server closes an idle session (`wait_timeout`).
const SHORTEST_IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// A session at a server, after login.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) conn: GracefulClose,
    statements: StatementCache,
    id: SessionId,
    pub(super) flavour: ServerFlavour,
    /// The statements that set the session defaults.
    defaults: SessionDefaults,
    /// The maximum packet size of the server, in bytes.
    packet: usize,
    server_limits: ServerLimits,
    read_limit: ReadLimit,
    /// The settings for the guest since the last reset.
    settings: Option<SessionSettings>,
    /// The server's time limit for a statement. It applies once `settings` are set.
    limit: Duration,
    /// Whether the last response is complete and reported that no transaction is open.
    settled: bool,
    /// The open result is that of a statement over the text protocol.
    result_is_text: bool,
    /// The row after the last batch of the open result.
    ahead: Option<LookAhead>,
    /// Whether the connection has bulk commands. `None` before the first question.
    offers_bulk: Option<bool>,
    /// The diagnostics of the last statement, if it was a bulk command that needs them. Each
    /// command that replaces the server's diagnostics discards them.
    bulk_diagnostics: BulkDiagnostics,
    /// When the server last completed a response. Only recorded if it announces idle timeouts.
    answered: Instant,
    /// The session is at a fallback server.
    pub(super) fallback: bool,
    /// When the first statement was sent that can take a named lock, since the last reset or
    /// release of all named locks.
    locks_since: Option<Instant>,
}

/// Identifies a session and its server.
#[derive(Debug, Clone)]
pub(crate) struct SessionId {
    /// The connection id at the server, as KILL accepts it.
    pub(crate) number: u32,
    /// The index of the server in the options of the database.
    pub(super) server: usize,
    /// The server's host name, port, server id and start, as the server reports them. After a
    /// restart the number belongs to another session.
    pub(super) identity: Arc<str>,
}

/// The response to a statement, before its rows are read.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) affected_rows: u64,
    pub(crate) last_insert_id: u64,
    pub(crate) info: String,
    /// Empty if the statement returns no rows.
    pub(crate) columns: Arc<[Column]>,
}

/// The part of the response that follows the rows that were read.
#[derive(Debug)]
pub(crate) enum Remaining {
    /// More rows of the same result.
    Rows,
    /// Another result with these columns. A CALL can return several results.
    Result(Arc<[Column]>),
    /// The response is complete.
    Nothing,
}

impl Session {
    /// Connects to a server of the database, logs in and sets the session defaults.
    pub(super) async fn connect(
        opts: Opts,
        options: &DatabaseOptions,
        server: usize,
        open_session: OpenSession,
    ) -> Result<Self> {
        catch_driver_panic(async {
            let conn = Conn::new(opts).await.map_err(connect_error)?;
            let mut conn = GracefulClose::new(conn, open_session);
            let row: Option<(String, String, f64, f64, usize, bool, String)> =
                conn.query_first(identity_query()).await.map_err(connect_error)?;
            let (identity, flavour, statement, idle_transaction, packet, init_connect, roles) =
                row.ok_or_else(|| protocol_violation("the server did not report its identity"))?;
            if init_connect {
                // A reset discards the effects of `init_connect`. This reset gives the first guest
                // the same session as later guests.
                conn.reset().await.map_err(connect_error)?;
            }
            let flavour = ServerFlavour::parse(&flavour);
            let defaults = SessionDefaults::new(options, flavour, roles);
            for text in defaults.texts(&[], packet) {
                conn.query_drop(text).await.map_err(connect_error)?;
            }
            let start: Option<String> = conn.query_first(SERVER_START).await.map_err(connect_error)?;
            let start = start.ok_or_else(|| protocol_violation("the server did not report its start"))?;
            let identity = format!("{identity}/{start}").into();
            let server_limits = ServerLimits { statement, idle_transaction };
            let read_limit = ReadLimit::new(if flavour.stops_statements_silently() { statement } else { 0.0 });
            let id = SessionId { number: conn.id(), server, identity };
            let statements = StatementCache::default();
            let (settings, limit, locks_since) = (None, BACKSTOP, None);
            Ok(Self {
                conn,
                statements,
                id,
                flavour,
                defaults,
                packet,
                server_limits,
                read_limit,
                settings,
                limit,
                settled: true,
                answered: Instant::now(),
                result_is_text: false,
                ahead: None,
                offers_bulk: None,
                bulk_diagnostics: BulkDiagnostics::default(),
                fallback: false,
                locks_since,
            })
        })
        .await
    }

    /// Returns the id of the session.
    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    /// Returns whether the session is at a fallback server: a preferred server was unreachable when
    /// it connected.
    pub(crate) fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// Applies the settings for a guest and a statement limit to the session. Sends nothing if they
    /// are already in effect.
    pub(crate) async fn apply_settings(&mut self, settings: &SessionSettings, limit: StatementLimit) -> Result<()> {
        let limit = match limit {
            StatementLimit::Unchanged => self.limit,
            StatementLimit::AtLeast(limit) => limit.max(BACKSTOP),
            StatementLimit::Exact(limit) if self.flavour.stops_calls() => limit,
            StatementLimit::Exact(_) => BACKSTOP,
        };
        if self.settings.as_ref() != Some(settings) {
            let none = UserVariables::default();
            let previous = self.settings.as_ref().map_or(&none, |settings| &settings.variables);
            let assignments = settings.assignments(limit, self.flavour, self.server_limits, previous);
            for sql in set_statements(&assignments, self.packet) {
                self.command(&sql).await?;
            }
            self.settings = Some(settings.clone());
        } else if self.limit != limit {
            self.command(&statement_limit_sql(limit, self.server_limits)).await?;
        }
        self.limit = limit;
        Ok(())
    }

    /// Returns whether the server has nothing left to do for the session. Otherwise it may execute
    /// a statement, or roll back a transaction, after the connection is closed.
    pub(crate) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Returns whether the server may have closed the session because it was idle, and announced
    /// that with a packet.
    fn was_idle(&self) -> bool {
        self.flavour.announces_idle_timeout() && self.answered.elapsed() >= SHORTEST_IDLE_TIMEOUT
    }

    /// Records the transaction state after a complete response. An error packet does not contain
    /// it.
    fn settle(&mut self) {
        if self.flavour.announces_idle_timeout() {
            self.answered = Instant::now();
        }
        let open = StatusFlags::SERVER_STATUS_IN_TRANS;
        self.settled = self.conn.last_ok_packet().is_some_and(|ok| !ok.status_flags().contains(open));
    }

    /// Runs a statement of the host, or of a migration, over the text protocol, because MySQL can't
    /// prepare some of them (error 1295). It must never run SQL of a guest; see
    /// `execute_unprepared`.
    pub(crate) async fn command(&mut self, sql: &str) -> Result<()> {
        self.settled = false;
        self.bulk_diagnostics = BulkDiagnostics::default();
        let was_idle = self.was_idle();
        catch_driver_panic(async { self.conn.query_drop(sql).await.map_err(command_error(was_idle)) }).await?;
        self.settle();
        Ok(())
    }

    /// Runs a query of the host over the text protocol and returns its rows.
    pub(super) async fn query<T: FromRow + Send + 'static>(&mut self, sql: &str) -> Result<Vec<T>> {
        let was_idle = self.was_idle();
        catch_driver_panic(async { self.conn.query(sql).await.map_err(command_error(was_idle)) }).await
    }

    /// Returns since when the session can hold named locks (GET_LOCK), or `None` if it holds none.
    pub(crate) fn locks_since(&self) -> Option<Instant> {
        self.locks_since
    }

    /// Releases all named locks. Returns whether there were any.
    pub(crate) async fn release_named_locks(&mut self) -> Result<bool> {
        let released: Vec<Option<u64>> = self.query("SELECT RELEASE_ALL_LOCKS()").await?;
        self.locks_since = None;
        Ok(released.iter().any(|count| *count != Some(0)))
    }

    /// Returns the warnings of the last statement.
    pub(crate) async fn warnings(&mut self) -> Result<Vec<Warning>> {
        if let Some(warnings) = &self.bulk_diagnostics.warnings {
            return Ok(warnings.clone());
        }
        let was_idle = self.was_idle();
        catch_driver_panic(async {
            let rows: Vec<Row> = self.conn.query("SHOW WARNINGS").await.map_err(command_error(was_idle))?;
            rows.into_iter()
                .map(|mut row| {
                    let (level, code) = (row.take(0)?, row.take(1)?);
                    Some(Warning { level, code, message: redacted(code, None, row.take(2)?) })
                })
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| protocol_violation("the response to SHOW WARNINGS has unexpected columns"))
        })
        .await
    }

    /// Returns the number of warnings of the last statement. It is correct only after the result
    /// has been read.
    pub(crate) fn warning_count(&self) -> u16 {
        self.bulk_diagnostics.warning_count.unwrap_or_else(|| self.conn.get_warnings())
    }

    /// Returns whether the server reported an active transaction in its last OK packet. It is
    /// correct only directly after a statement whose result has been read.
    pub(crate) fn in_transaction(&self) -> bool {
        self.conn.last_ok_packet().is_some_and(|ok| ok.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS))
    }

    pub(crate) async fn ping(&mut self) -> Result<()> {
        let was_idle = self.was_idle();
        catch_driver_panic(async { self.conn.ping().await.map_err(command_error(was_idle)) }).await?;
        self.settle();
        Ok(())
    }

    /// Resets the session to its state after login: rolls back transactions, and discards
    /// variables, locks, temporary tables and prepared statements. Then it sets the schema, the
    /// session defaults and the settings of the last guest, because the next guest probably has the
    /// same grant.
    pub(crate) async fn reset(&mut self) -> Result<()> {
        (self.settled, self.ahead) = (false, None);
        self.bulk_diagnostics = BulkDiagnostics::default();
        self.statements.clear();
        self.locks_since = None;
        self.read_limit.reset();
        let settings = self.settings.take();
        catch_driver_panic(async {
            if !self.conn.reset().await.map_err(session_error)? {
                return Err(protocol_violation(
                    "the server can't reset sessions (COM_RESET_CONNECTION); use MariaDB 10.2.4 or MySQL 5.7.3 or newer",
                ));
            }
            Ok(())
        })
        .await?;
        let assignments = settings.as_ref().map(|settings| {
            // The reset has discarded all variables.
            settings.assignments(BACKSTOP, self.flavour, self.server_limits, &UserVariables::default())
        });
        let texts = self.defaults.texts(&assignments.unwrap_or_default(), self.packet.saturating_sub(CHECK_BYTES));
        let mut roles = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            match index {
                0 => roles = self.command_in_sync(ROLES, &format!("; {text}")).await?,
                _ => self.command(text).await?,
            }
        }
        if let Some(restoring) = self.defaults.restoring_roles(&roles) {
            self.command(&restoring).await?;
        }
        (self.settings, self.limit, self.settled) = (settings, BACKSTOP, true);
        Ok(())
    }

    /// Returns whether the connection is known to be closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.conn.is_closed()
    }

    /// Closes the socket immediately, even while a command is in flight. The session must not be
    /// used afterwards.
    ///
    /// A plain drop of the driver's connection would first read a pending result to its end.
    /// Therefore this method starts a ping and drops it, which marks the connection as broken, and
    /// the driver closes a broken connection without reading.
    pub(crate) fn abort(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        let mut context = Context::from_waker(Waker::noop());
        // An unread response can complete the ping, so the loop tries once for each possible unread
        // response.
        for _ in 0..UNREAD_RESPONSES {
            if conn.is_disconnected() {
                break;
            }
            // A pending ping is dropped in flight, as intended. After a failed ping, the driver has
            // already closed the socket.
            let mut ping = Box::pin(catch_driver_panic(async { conn.ping().await.map_err(session_error) }));
            drop(ping.poll_unpin(&mut context));
        }
        drop(conn);
    }
}
