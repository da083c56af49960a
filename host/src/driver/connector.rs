//! Connects sessions to the servers of a database, and counts open sessions so that a shutdown can
//! wait until all of them are closed.

use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::connect::opts;
use super::options::DatabaseOptions;
use super::replica_lag::ReplicaLag;
use super::server_health::{Purpose, ServerHealth};
use super::server_selection::{Candidate, ServerSelection};
use super::session::Session;
use super::tls_files::TlsFiles;
use crate::types::{Error, ErrorKind, Result, ServerClass, Step};

/// Connects the sessions of one database for one purpose.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) options: DatabaseOptions,
    purpose: Purpose,
    selection: Arc<ServerSelection>,
    tls: Arc<TlsFiles>,
    open: Arc<watch::Sender<usize>>,
    /// The warning that no replica can be read, because the lag is unknown.
    lag_warning: Once,
}

/// Counts a session as open until it is dropped.
#[derive(Debug)]
pub(super) struct OpenSession {
    open: Arc<watch::Sender<usize>>,
}

/// The results of trying the servers one after the other.
#[derive(Debug, Default)]
struct ConnectRound {
    best: Option<(Candidate, Session)>,
    /// The servers that failed, and the servers that were not tried.
    skipped: Vec<Candidate>,
    /// The number of servers that answered but can't be used.
    unusable: usize,
    last: Option<Error>,
}

impl Connector {
    /// Creates a connector for sessions that may write.
    pub(crate) fn new(options: DatabaseOptions) -> Self {
        let selection = Arc::new(ServerSelection::new(&options));
        let (tls, open) = (Arc::new(TlsFiles::of(&options)), Arc::new(watch::Sender::new(0)));
        Self { options, purpose: Purpose::Writing, selection, tls, open, lag_warning: Once::new() }
    }

    /// Creates a connector for read-only sessions of the same database.
    pub(crate) fn for_reading(&self) -> Self {
        let (selection, tls, open) = (Arc::clone(&self.selection), Arc::clone(&self.tls), Arc::clone(&self.open));
        let purpose = Purpose::Reading { max_lag: self.options.max_replica_lag };
        Self { options: self.options.clone(), purpose, selection, tls, open, lag_warning: Once::new() }
    }

    /// Connects to the best available server and logs in. The connect timeout applies to each
    /// server separately.
    pub(crate) async fn connect(&self) -> Result<Session> {
        if !self.has_alternatives() {
            return self.connect_to(0).await;
        }
        let mut round = ConnectRound::default();
        for candidate in self.selection.candidates(self.purpose) {
            if round
                .best
                .as_ref()
                .is_some_and(|(best, _)| candidate.failed_recently || !candidate.is_better_than(*best))
            {
                round.skipped.push(candidate);
                continue;
            }
            match self.connect_to(candidate.server).await {
                Ok(session) => match self.selection.refreshed(candidate.server, self.purpose) {
                    // The health of the server is known only now, so its rank can be worse than
                    // before.
                    Some(updated) if round.best.as_ref().is_none_or(|(best, _)| updated.is_better_than(*best)) => {
                        round.best = Some((updated, session));
                    }
                    Some(_) => {}
                    None => {
                        round.unusable += 1;
                        round.skipped.push(self.selection.candidate(candidate.server, self.purpose));
                    }
                },
                Err(error) => {
                    round.skipped.push(candidate);
                    let is_final = applies_to_all_servers(&error);
                    round.last = Some(error);
                    if is_final {
                        break;
                    }
                }
            }
        }
        self.result(round)
    }

    /// Connects to this server and logs in, even if the server is not fit for the purpose.
    pub(super) async fn connect_to(&self, server: usize) -> Result<Session> {
        self.log_in(&self.options, server).await
    }

    /// Like `connect_to`, without a default schema, for commands that need none: the schema may
    /// have been dropped.
    pub(super) async fn connect_without_schema(&self, server: usize) -> Result<Session> {
        self.log_in(&self.options.clone().without_schema(), server).await
    }

    /// Connects to the server of another session and logs in. Fails if the host name leads to
    /// another server now.
    pub(crate) async fn connect_beside(&self, other: &Session) -> Result<Session> {
        let session = self.connect_to(other.id().server).await?;
        match session.id().identity == other.id().identity {
            true => Ok(session),
            false => Err(Error::new(ErrorKind::Unreachable, "two connections to one address led to different servers")),
        }
    }

    /// Connects to this server, and queries its health with the lag of a replica. The session is
    /// not one of the pool.
    pub(crate) async fn server_health(&self, server: usize) -> Result<ServerHealth> {
        self.connect_to(server).await?.server_health(true).await
    }

    async fn log_in(&self, options: &DatabaseOptions, server: usize) -> Result<Session> {
        let attempt = self.selection.attempt(server);
        let timeout = self.options.connect_timeout;
        let result = tokio::time::timeout(timeout, async {
            let opts = opts(options, self.selection.address(server), self.tls.ssl_opts()?);
            let mut session = Session::connect(opts, options, server, OpenSession::of(&self.open)).await?;
            let lags = self.has_alternatives() && self.check_health(&mut session).await?.lags_for(self.purpose);
            Ok((session, lags))
        });
        let result = result.await.unwrap_or_else(|_| {
            let message = format!("the database server did not answer within {} ms", timeout.as_millis());
            Err(Error::timeout(Step::Connect, message))
        });
        match &result {
            Ok((_, true)) => {
                // Readers try a lagging replica again after the same backoff as a failed server.
                attempt.failed();
                self.selection.suspect(server);
            }
            Err(error) if !applies_to_all_servers(error) => attempt.failed(),
            _ => attempt.succeeded(),
        }
        result.map(|(session, _)| session)
    }

    /// Queries and records the health of a session's server.
    async fn check_health(&self, session: &mut Session) -> Result<ServerHealth> {
        let health = session.server_health(self.purpose.is_reading()).await?;
        let health = self.selection.record_health(session.id().server, health);
        if health.lag == Some(ReplicaLag::Unknown) && health.lags_for(self.purpose) {
            self.lag_warning.call_once(|| {
                let (database, privilege) = (self.options.name_or_schema(), session.flavour.replica_status_privilege());
                tracing::warn!(
                    database,
                    "the lag of a replica is unknown, so max_replica_lag prevents its use; grant the account {privilege}"
                );
            });
        }
        Ok(health)
    }

    /// Counts a session as open until the returned value is dropped. A shutdown waits for it.
    pub(super) fn count_as_open(&self) -> OpenSession {
        OpenSession::of(&self.open)
    }

    /// Returns the number of servers of the database.
    pub(super) fn servers(&self) -> usize {
        self.options.servers.len()
    }

    /// Returns whether the database has several servers. Only then is the health of servers
    /// checked.
    pub(crate) fn has_alternatives(&self) -> bool {
        self.options.has_several_servers()
    }

    /// Returns whether a session's server needs no new health check. `checked` is the time of the
    /// last check.
    ///
    /// True if the last check is younger than `trusted` and no statement has been refused as by a
    /// read-only server since. Always true with one server.
    pub(crate) fn is_trusted(&self, session: &Session, checked: Instant, trusted: Duration) -> bool {
        !self.has_alternatives()
            || (checked.elapsed() <= trusted && !self.selection.is_suspected_since(session.id().server, checked))
    }

    /// Queries the health of a session's server, and returns whether the server is still fit for
    /// the purpose of the session.
    pub(crate) async fn is_fit(&self, session: &mut Session) -> Result<bool> {
        let health = self.check_health(session).await?;
        if health.lags_for(self.purpose) {
            self.selection.report_lag(session.id().server);
        }
        Ok(health.is_fit_for(self.purpose))
    }

    /// Reports that a session's server has refused a statement like a read-only server. The health
    /// of the server is checked before any of its sessions is acquired again.
    pub(crate) fn suspect(&self, session: &Session) {
        self.selection.suspect(session.id().server);
    }

    /// Reports that a session did not answer.
    pub(crate) fn report_silence(&self, session: &Session) {
        self.selection.report_silence(session.id().server);
    }

    /// Returns whether another session of the same server did not answer after `seen`, the last
    /// answer of this session.
    pub(crate) fn was_silent_since(&self, session: &Session, seen: Instant) -> bool {
        self.selection.was_silent_since(session.id().server, seen)
    }

    /// Waits until all sessions are closed.
    pub(crate) async fn all_closed(&self) {
        let mut open = self.open.subscribe();
        // It can't fail, because `self` owns the sender.
        let _ = open.wait_for(|open| *open == 0).await;
    }

    fn result(&self, round: ConnectRound) -> Result<Session> {
        if let Some((best, mut session)) = round.best {
            session.fallback = round.skipped.iter().any(|skipped| skipped.is_better_than(best));
            return Ok(session);
        }
        let all = self.options.servers.len();
        let last = round.last.as_ref().map(|error| format!("; last error: {}", error.message)).unwrap_or_default();
        match round.last {
            Some(error) if applies_to_all_servers(&error) => Err(error),
            Some(error) if round.unusable == 0 => {
                let message = format!("none of the {all} servers of this database is usable{last}");
                Err(Error { message, ..error })
            }
            _ => {
                let (purpose, reason) = match self.purpose {
                    Purpose::Writing => ("accepts changes", "read-only or not ready"),
                    Purpose::Reading { .. } => ("can be read", "not ready or too far behind"),
                };
                let unusable = round.unusable;
                let message =
                    format!("none of the {all} servers of this database {purpose} ({unusable} {reason}){last}");
                Err(Error::new(ErrorKind::Unreachable, message))
            }
        }
    }
}

/// Returns whether all servers would report this error, because they have the same accounts and
/// schemas. A wrong password must not be tried repeatedly: a server can lock the account.
fn applies_to_all_servers(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::AuthFailed => true,
        ErrorKind::Server(server) => server.class == ServerClass::Access,
        _ => false,
    }
}

impl OpenSession {
    fn of(open: &Arc<watch::Sender<usize>>) -> Self {
        open.send_modify(|open| *open += 1);
        Self { open: Arc::clone(open) }
    }
}

impl Drop for OpenSession {
    fn drop(&mut self) {
        self.open.send_modify(|open| *open -= 1);
    }
}
