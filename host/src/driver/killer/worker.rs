//! The task that kills the sessions of one server until none is left.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};

use super::Shared;
use super::pending_kills::PendingKill;
use super::side_connection::{KillResult, SideConnection};
use crate::driver::Backoff;
use crate::types::{Error, ErrorKind, Result, ServerClass, Step, reports_unfit_server};

/// The number of side connections: one, and two more while KILLs take long. A KILL that takes long
/// delays only its own session then.
pub(crate) const MAX_SIDE_CONNECTIONS: usize = 3;
/// If all KILLs take longer than this, another side connection is opened for the other sessions.
const SLOW_AFTER: Duration = Duration::from_millis(100);
/// MariaDB can hold back a KILL for two seconds, until it has woken up the session. Meanwhile, a
/// second KILL of the same session would block all logins.
const SLOWEST_KILL: Duration = Duration::from_secs(2);
/// The backoff after the first failed login. It doubles with each further failure.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
/// The longest backoff if the server answers but has not executed a KILL. Guests wait for the
/// slots.
const LONGEST_REFUSED_BACKOFF: Duration = Duration::from_secs(1);
/// The longest backoff if the server is unreachable or refuses the account. In the first case the
/// slots are free, so no guest waits. In the second case no session can be opened, and a server can
/// lock an account after many failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// The maximum number of pending kills without a slot. Only a server that is unreachable for long
/// reaches it.
const MAX_WITHOUT_SLOT: usize = 1000;
/// After the end, a kill is given up after this number of failures.
const MAX_FAILURES: u32 = 3;

/// The worker task of one server. If its runtime drops it, nothing can be killed any more, and
/// dropping it frees all slots.
pub(super) struct Worker {
    shared: Arc<Shared>,
    server: usize,
    finished: bool,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, server: usize) -> Self {
        Self { shared, server, finished: false }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(pending) = self.shared.pending.get(self.server).filter(|_| !self.finished) {
            pending.abandon();
        }
    }
}

/// Runs the worker until no kill is pending.
pub(super) async fn run(mut worker: Worker) {
    let (shared, server) = (Arc::clone(&worker.shared), worker.server);
    let Some(pending_kills) = shared.pending.get(server) else { return };
    let mut kills = Kills::new(Arc::clone(&shared), server, pending_kills.take_side());
    loop {
        kills.add(pending_kills.take_new());
        let next = kills.proceed();
        if kills.are_done() && pending_kills.finish(&shared, &mut kills.idle) {
            worker.finished = true;
            return;
        }
        let sleep = async {
            match next {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            Some(event) = kills.running.next() => kills.handle(event),
            () = sleep => {}
            () = pending_kills.changed.notified() => {}
        }
    }
}

/// The kills and the side connections of a worker.
struct Kills {
    shared: Arc<Shared>,
    server: usize,
    /// The kills that no side connection executes.
    waiting: Vec<PendingKill>,
    /// The side connections without a command.
    idle: Vec<SideConnection>,
    /// The KILLs, and at most one question. A question is a ping or a login.
    running: FuturesUnordered<BoxFuture<'static, Event>>,
    running_kills: usize,
    /// When the last KILL was sent.
    last_kill: Option<Instant>,
    /// When the running question was asked.
    asked: Option<Instant>,
    /// When the first question was asked that the server has not answered. `None` after each
    /// answer.
    unanswered_since: Option<Instant>,
    /// The earliest time of the next login.
    login_after: Instant,
    /// The last backoff. `None` after a KILL that was answered.
    backoff: Option<Duration>,
    /// When the worker noticed the end.
    ending_since: Option<Instant>,
}

/// The end of a command on a side connection.
enum Event {
    LoggedIn(Result<SideConnection>),
    Pinged(Result<SideConnection>),
    Killed { kill: Box<PendingKill>, started: Instant, result: Result<(SideConnection, KillResult)> },
}

impl Kills {
    fn new(shared: Arc<Shared>, server: usize, side: Option<SideConnection>) -> Self {
        Self {
            shared,
            server,
            waiting: Vec::new(),
            idle: side.into_iter().collect(),
            running: FuturesUnordered::new(),
            running_kills: 0,
            last_kill: None,
            asked: None,
            unanswered_since: None,
            login_after: Instant::now(),
            backoff: None,
            ending_since: None,
        }
    }

    /// Adds kills. Their slots are held, so they do not wait for the end of a backoff.
    fn add(&mut self, new: Vec<PendingKill>) {
        if !new.is_empty() {
            self.login_after = Instant::now();
        }
        self.waiting.extend(new);
    }

    /// Returns whether nothing is left to do. A login is not interrupted without need: servers
    /// count interrupted logins.
    fn are_done(&self) -> bool {
        self.waiting.is_empty() && self.running_kills == 0 && (self.asked.is_none() || self.ending_since.is_some())
    }

    /// Starts all commands that can start now. Returns when to call it again, unless an event comes
    /// first.
    fn proceed(&mut self) -> Option<Instant> {
        let now = Instant::now();
        if self.ending_since.is_none() && self.shared.is_ending() {
            // All kills are tried once more.
            (self.ending_since, self.login_after, self.backoff) = (Some(now), now, None);
            self.waiting.iter_mut().for_each(|kill| kill.due = now);
        }
        if self.is_unreachable(now) {
            self.free_slots(&no_answer());
        }
        let mut next = None;
        while let Some(index) = self.most_urgent(now) {
            let Some(trusted) = self.idle.iter().position(|side| side.is_trusted(now)) else {
                next = self.ask(now);
                break;
            };
            let (kill, side) = (self.waiting.swap_remove(index), self.idle.swap_remove(trusted));
            self.start_kill(kill, side);
        }
        if self.running_kills == 0 && self.most_urgent(now).is_none() {
            self.idle.truncate(1);
        }
        let due = self.waiting.iter().map(|kill| kill.due).filter(|due| now < *due);
        due.chain(next).chain(self.unreachable_at()).min()
    }

    /// Returns the index of the kill to start next. Guests wait for slots.
    fn most_urgent(&self, now: Instant) -> Option<usize> {
        let due = self.waiting.iter().enumerate().filter(|(_, kill)| kill.due <= now);
        due.min_by_key(|(_, kill)| (!kill.holds_slot(), kill.due)).map(|(index, _)| index)
    }

    /// Makes another side connection available: pings an idle one, or logs in. Returns when to try
    /// again, if that depends on the time.
    fn ask(&mut self, now: Instant) -> Option<Instant> {
        if self.asked.is_some() {
            return None;
        }
        if let Some(side) = self.idle.pop() {
            self.start_ping(side, now);
            return None;
        }
        if self.running_kills >= MAX_SIDE_CONNECTIONS {
            return None;
        }
        let all_slow_at = self.last_kill.filter(|_| self.running_kills > 0).map(|started| started + SLOW_AFTER);
        let at = all_slow_at.map_or(self.login_after, |at| at.max(self.login_after));
        if now < at {
            return Some(at);
        }
        self.start_login(now);
        None
    }

    fn start_kill(&mut self, kill: PendingKill, mut side: SideConnection) {
        let started = Instant::now();
        let limit = self.kill_timeout().saturating_add(SLOWEST_KILL);
        (self.running_kills, self.last_kill) = (self.running_kills + 1, Some(started));
        self.running.push(Box::pin(async move {
            let killed = tokio::time::timeout(limit, side.kill(&kill.id, kill.target)).await;
            let result = match killed {
                Ok(result) => result.map(|result| (side, result)),
                Err(_) => Err(Error::timeout(Step::Execute, "the server did not answer KILL in time")),
            };
            Event::Killed { kill: Box::new(kill), started, result }
        }));
    }

    fn start_ping(&mut self, side: SideConnection, now: Instant) {
        self.ask_at(now);
        // Half of the time remains for a login.
        let limit = self.kill_timeout() / 2;
        self.running.push(Box::pin(async move { Event::Pinged(within(limit, side.ping()).await) }));
    }

    fn start_login(&mut self, now: Instant) {
        self.ask_at(now);
        let (shared, server, limit) = (Arc::clone(&self.shared), self.server, self.kill_timeout());
        self.running.push(Box::pin(async move {
            Event::LoggedIn(within(limit, SideConnection::connect(&shared, server)).await)
        }));
    }

    fn ask_at(&mut self, now: Instant) {
        self.asked = Some(now);
        self.unanswered_since.get_or_insert(now);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Pinged(answer) => {
                self.asked = None;
                // A ping that fails is followed by a login.
                if let Ok(side) = answer {
                    self.answered(side);
                }
            }
            Event::LoggedIn(answer) => {
                let asked = self.asked.take();
                match answer {
                    Ok(side) => self.answered(side),
                    Err(error) => self.login_failed(asked, &error),
                }
            }
            Event::Killed { kill, started, result } => {
                self.running_kills -= 1;
                match result {
                    Ok((side, result)) => self.killed(*kill, side, result),
                    Err(error) => self.kill_failed(*kill, started, &error),
                }
            }
        }
    }

    fn answered(&mut self, side: SideConnection) {
        self.unanswered_since = None;
        self.idle.push(side);
    }

    fn killed(&mut self, mut kill: PendingKill, side: SideConnection, result: KillResult) {
        self.backoff = None;
        if matches!(result, KillResult::OtherServer) && side.connected < kill.added {
            // A new connection may lead to the right server.
            self.waiting.push(kill);
            return;
        }
        self.answered(side);
        let has_ended = match result {
            KillResult::Ended => true,
            KillResult::Killed { listed } => kill.was_killed(listed),
            KillResult::Ending => {
                kill.is_ending();
                false
            }
            KillResult::Refused(error) => {
                // A node without its cluster refuses KILL too: see `login_failed`.
                let is_unfit = matches!(&error.kind, ErrorKind::Server(server) if reports_unfit_server(server.code));
                if is_unfit && kill.holds_slot() {
                    kill.free_slot(&self.shared, &error);
                }
                kill.was_refused(&error);
                false
            }
            KillResult::OtherServer => {
                let message = "the server that ran the statement is no longer reachable";
                return kill.report_failure(&self.shared, &Error::timeout(Step::Connect, message));
            }
        };
        match has_ended {
            true => kill.report_end(&self.shared),
            false => self.waiting.push(kill),
        }
    }

    /// The connection broke during a KILL, or the server did not answer it in time. This says
    /// nothing about whether the server is reachable.
    fn kill_failed(&mut self, mut kill: PendingKill, started: Instant, error: &Error) {
        tracing::debug!(session = kill.id.number, %error, "a KILL failed; retrying");
        kill.failed(started + SLOWEST_KILL);
        self.back_off(LONGEST_REFUSED_BACKOFF);
        match self.ending_since.is_some() && kill.failures >= MAX_FAILURES {
            true => kill.report_failure(&self.shared, error),
            false => self.waiting.push(kill),
        }
    }

    fn login_failed(&mut self, asked: Option<Instant>, error: &Error) {
        let is_last = asked.zip(self.ending_since).is_some_and(|(asked, ending)| ending <= asked);
        match &error.kind {
            // A node without its cluster refuses KILL and every new statement. A read that it still
            // executes does not count any more, as at an unreachable server.
            ErrorKind::Server(server) if reports_unfit_server(server.code) => {
                self.unanswered_since = None;
                self.free_slots(error);
            }
            // The server has answered. It accepts the login when another session has ended.
            ErrorKind::Server(server) if server.class != ServerClass::Access => {
                self.unanswered_since = None;
                return self.back_off(LONGEST_REFUSED_BACKOFF);
            }
            // The server has answered, but no login will succeed until an operator acts.
            ErrorKind::Server(_) | ErrorKind::AuthFailed => {
                self.unanswered_since = None;
                if is_last {
                    self.give_up(error);
                }
                if error.kind == ErrorKind::AuthFailed {
                    self.backoff = Some(LONGEST_BACKOFF);
                }
            }
            ErrorKind::Unreachable => self.free_slots(error),
            _ if self.is_unreachable(Instant::now()) => self.free_slots(error),
            _ => {}
        }
        if is_last {
            self.waiting.retain(PendingKill::holds_slot);
        }
        self.back_off(LONGEST_BACKOFF);
    }

    /// Drops all kills that no side connection executes.
    fn give_up(&mut self, error: &Error) {
        for kill in self.waiting.drain(..) {
            kill.report_failure(&self.shared, error);
        }
    }

    /// Delays the next login.
    fn back_off(&mut self, longest: Duration) {
        let backoff = Backoff { first: FIRST_BACKOFF, longest }.after(self.backoff);
        (self.login_after, self.backoff) = (Instant::now() + backoff, Some(backoff));
    }

    /// Returns when the server counts as unreachable, if it does not answer until then.
    fn unreachable_at(&self) -> Option<Instant> {
        // A KILL that takes long can delay a login.
        let since = self.unanswered_since.filter(|_| self.running_kills == 0)?;
        since.checked_add(self.kill_timeout())
    }

    fn is_unreachable(&self, now: Instant) -> bool {
        self.unreachable_at().is_some_and(|at| at <= now)
    }

    /// Frees the slots of an unreachable server, because no guest can start statements there
    /// either.
    fn free_slots(&mut self, error: &Error) {
        if self.running_kills > 0 {
            return;
        }
        self.unanswered_since = None;
        for kill in self.waiting.iter_mut().filter(|kill| kill.holds_slot()) {
            kill.free_slot(&self.shared, error);
        }
        let surplus = self.waiting.len().saturating_sub(MAX_WITHOUT_SLOT);
        self.waiting.drain(..surplus);
    }

    fn kill_timeout(&self) -> Duration {
        self.shared.connector.options.kill_timeout
    }
}

/// Waits for a question, at most for `limit`.
async fn within<T>(limit: Duration, question: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = tokio::time::timeout(limit, question).await;
    answer.unwrap_or_else(|_| Err(no_answer()))
}

fn no_answer() -> Error {
    Error::timeout(Step::Connect, "the server did not answer in time")
}
