//! The connection that sends KILL.

use std::time::{Duration, Instant};

use super::Shared;
use crate::driver::{Session, SessionId};
use crate::types::{Error, ErrorKind, Result, ends_session};

/// A connection on which the server has answered within this time needs no ping.
const TRUSTED_FOR: Duration = Duration::from_millis(100);

/// The connection that sends KILL. It always leads to the same server process.
#[derive(Debug)]
pub(super) struct SideConnection {
    session: Session,
    pub(super) connected: Instant,
    /// When the server last answered.
    answered: Instant,
}

/// The state of a session before an attempt to kill it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The server has not accepted a KILL yet.
    Running,
    /// The server has accepted a KILL. If it still lists the session, a KILL is repeated only after
    /// `repeat`.
    Killed { repeat: Instant },
}

/// The result of an attempt to kill a session.
pub(super) enum KillResult {
    /// The session has ended.
    Ended,
    /// The server still lists the session, which it kills.
    Ending,
    /// The server has accepted a KILL. `listed` is false if it did not list the session before.
    Killed { listed: bool },
    /// The session can't be killed yet, because it runs code of another account.
    Refused(Error),
    /// The session was on another server, or on this server before a restart.
    OtherServer,
}

impl SideConnection {
    pub(super) async fn connect(shared: &Shared, server: usize) -> Result<Self> {
        let session = shared.connector.connect_without_schema(server).await?;
        let now = Instant::now();
        Ok(Self { session, connected: now, answered: now })
    }

    /// Returns whether the connection needs no ping.
    pub(super) fn is_trusted(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.answered) <= TRUSTED_FOR
    }

    pub(super) async fn ping(mut self) -> Result<Self> {
        self.session.ping().await?;
        self.answered = Instant::now();
        Ok(self)
    }

    /// Kills a session, or finds that it has ended.
    ///
    /// Only the answer 1094 to a KILL proves the end. On MySQL the process list must confirm it,
    /// because a KILL finds no session that rolls back at its end. The list alone is no proof: it
    /// can hide a session that runs code of another account. It is queried first nevertheless,
    /// because each KILL of a session that is just ending can block other sessions in MariaDB.
    pub(super) async fn kill(&mut self, id: &SessionId, target: Target) -> Result<KillResult> {
        // A host name can lead to another server now, and a restarted server can reuse the id for
        // another session.
        if self.session.id().identity != id.identity {
            return Ok(KillResult::OtherServer);
        }
        let mut listed = true;
        if let Target::Killed { repeat } = target {
            listed = self.is_listed(id).await?.unwrap_or(true);
            if listed && Instant::now() < repeat {
                return Ok(KillResult::Ending);
            }
        }
        let killed = self.session.command(&format!("KILL {}", id.number)).await;
        self.answered = Instant::now();
        match killed {
            Ok(()) => Ok(KillResult::Killed { listed }),
            Err(error) => match &error.kind {
                ErrorKind::Server(server) if server.code == 1094 => {
                    let is_ending =
                        self.session.flavour.hides_ending_sessions() && self.is_listed(id).await? == Some(true);
                    Ok(if is_ending { KillResult::Ending } else { KillResult::Ended })
                }
                ErrorKind::Server(server) if !ends_session(server.code) => Ok(KillResult::Refused(error)),
                ErrorKind::ServerTimeout => Ok(KillResult::Refused(error)),
                _ => Err(error),
            },
        }
    }

    /// Returns whether the server lists the session. `None` if it does not show its process list.
    async fn is_listed(&mut self, id: &SessionId) -> Result<Option<bool>> {
        let listed = self.session.is_session_listed(id.number).await;
        self.answered = Instant::now();
        match listed {
            Err(Error { kind: ErrorKind::Server(server), .. }) if !ends_session(server.code) => Ok(None),
            Err(Error { kind: ErrorKind::ServerTimeout, .. }) => Ok(None),
            listed => listed.map(Some),
        }
    }
}
