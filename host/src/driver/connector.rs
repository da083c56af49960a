//! Where sessions come from, and how many there are: the last of a database is waited for when its host shuts down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::connect::opts;
use super::options::DatabaseOptions;
use super::server_health::Purpose;
use super::server_selection::{Candidate, ServerSelection};
use super::session::Session;
use crate::types::{Error, ErrorKind, Result, ServerClass, Step};

/// Makes the sessions of one database, for one purpose.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) options: DatabaseOptions,
    purpose: Purpose,
    choice: Arc<ServerSelection>,
    open: Arc<watch::Sender<usize>>,
}

/// Counts a session as open for as long as it lives.
#[derive(Debug)]
pub(super) struct Presence {
    open: Arc<watch::Sender<usize>>,
}

/// What came of trying one server after the other.
#[derive(Debug, Default)]
struct Round {
    best: Option<(Candidate, Session)>,
    /// Those that failed, or were not tried since they had failed lately.
    missed: Vec<Candidate>,
    /// How many answered and can't be used.
    unfit: usize,
    last: Option<Error>,
}

impl Connector {
    /// For sessions that may write.
    pub(crate) fn new(options: DatabaseOptions) -> Connector {
        let choice = Arc::new(ServerSelection::new(&options));
        Connector { options, purpose: Purpose::Writing, choice, open: Arc::new(watch::Sender::new(0)) }
    }

    /// For sessions of the same database that only read.
    pub(crate) fn for_reading(&self) -> Connector {
        let (choice, open) = (Arc::clone(&self.choice), Arc::clone(&self.open));
        Connector { options: self.options.clone(), purpose: Purpose::Reading, choice, open }
    }

    /// A session that is logged in, at the best server that is to be had. Each server has the time that connecting may take.
    pub(crate) async fn connect(&self) -> Result<Session> {
        if !self.has_alternatives() {
            return self.connect_to(0).await;
        }
        let mut round = Round::default();
        for candidate in self.choice.candidates(self.purpose) {
            if round.best.as_ref().is_some_and(|(best, _)| candidate.shunned || !candidate.is_better_than(*best)) {
                round.missed.push(candidate);
                continue;
            }
            match self.connect_to(candidate.server).await {
                Ok(session) => match self.choice.found(candidate.server, self.purpose) {
                    // What was not known of it can have made it look better than it is.
                    Some(found) if round.best.as_ref().is_none_or(|(best, _)| found.is_better_than(*best)) => {
                        round.best = Some((found, session));
                    }
                    Some(_) => {}
                    None => round.unfit += 1,
                },
                Err(error) => {
                    round.missed.push(candidate);
                    let ends = concerns_all(&error);
                    round.last = Some(error);
                    if ends {
                        break;
                    }
                }
            }
        }
        self.result(round)
    }

    /// A session at this server, whatever it is fit for.
    pub(super) async fn connect_to(&self, server: usize) -> Result<Session> {
        let attempt = self.choice.attempt(server);
        let timeout = self.options.connect_timeout;
        let made = tokio::time::timeout(timeout, async {
            let opts = opts(&self.options, self.choice.address(server))?;
            let mut session = Session::connect(opts, &self.options, server, Presence::of(&self.open)).await?;
            if self.has_alternatives() {
                self.choice.stands(server, session.standing().await?);
            }
            Ok(session)
        });
        let made = made.await.unwrap_or_else(|_| {
            let message = format!("the database server did not answer within {} ms", timeout.as_millis());
            Err(Error::timeout(Step::Connect, message))
        });
        match &made {
            Err(error) if !concerns_all(error) => attempt.failed(),
            _ => attempt.succeeded(),
        }
        made
    }

    /// How many servers the database has.
    pub(super) fn servers(&self) -> usize {
        self.options.servers.len()
    }

    /// Whether there are several servers, of which not all may be fit for what sessions are for.
    pub(crate) fn has_alternatives(&self) -> bool {
        self.options.has_several_servers()
    }

    /// Whether the server of a session, which was asked how it stands then, need not be asked again for as long as `trusted`.
    pub(crate) fn is_trusted(&self, session: &Session, asked: Instant, trusted: Duration) -> bool {
        !self.has_alternatives()
            || (asked.elapsed() <= trusted && !self.choice.is_doubted_since(session.id().server, asked))
    }

    /// Asks the server of a session whether it still is fit for what the session is for.
    pub(crate) async fn is_fit(&self, session: &mut Session) -> Result<bool> {
        let standing = session.standing().await?;
        self.choice.stands(session.id().server, standing);
        Ok(standing.is_fit_for(self.purpose))
    }

    /// Says that a session's server has refused a statement as one does that takes no changes: all its sessions are asked before they
    /// are lent again.
    pub(crate) fn suspect(&self, session: &Session) {
        self.choice.suspect(session.id().server);
    }

    /// Says that a session did not answer.
    pub(crate) fn is_silent(&self, session: &Session) {
        self.choice.is_silent(session.id().server);
    }

    /// Whether the server of a session that was last seen then was silent to another one since.
    pub(crate) fn was_silent_since(&self, session: &Session, seen: Instant) -> bool {
        self.choice.was_silent_since(session.id().server, seen)
    }

    /// Waits until no session is open any more.
    pub(crate) async fn all_closed(&self) {
        let mut open = self.open.subscribe();
        // The sender lives as long as this.
        let _ = open.wait_for(|open| *open == 0).await;
    }

    fn result(&self, round: Round) -> Result<Session> {
        if let Some((best, mut session)) = round.best {
            session.fallback = round.missed.iter().any(|missed| missed.is_better_than(best));
            return Ok(session);
        }
        let all = self.options.servers.len();
        let last =
            round.last.as_ref().map(|error| format!("; the last that failed: {}", error.message)).unwrap_or_default();
        match round.last {
            Some(error) if concerns_all(&error) => Err(error),
            Some(error) if round.unfit == 0 => {
                let message = format!("none of the {all} servers of this database can be used{last}");
                Err(Error { message, ..error })
            }
            _ => {
                let message = format!(
                    "none of the {all} servers of this database takes changes now: {} of them read only or are not ready{last}",
                    round.unfit
                );
                Err(Error::new(ErrorKind::Unreachable, message))
            }
        }
    }
}

/// Whether the other servers would say the same: accounts and schemas are one in all of them, and a wrong password is not to be tried
/// over and over.
fn concerns_all(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::AuthFailed => true,
        ErrorKind::Server(server) => server.class == ServerClass::Access,
        _ => false,
    }
}

impl Presence {
    fn of(open: &Arc<watch::Sender<usize>>) -> Presence {
        open.send_modify(|open| *open += 1);
        Presence { open: Arc::clone(open) }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.open.send_modify(|open| *open -= 1);
    }
}
