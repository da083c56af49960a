//! The pending kills of a server, and the task that sends KILL over a side connection until no kill
//! is pending.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::{CLOCK_PRECISION, HeldSlot, Shared};
use crate::driver::{Session, SessionId};
use crate::types::{Error, ErrorKind, Result, Step, ends_session};

/// The first interval between two KILLs of a session. About the duration of a short statement.
const FIRST_INTERVAL: Duration = Duration::from_millis(1);
/// The longest interval, for sessions that take long to end or can't be killed yet.
const LONGEST_INTERVAL: Duration = Duration::from_millis(250);
/// The backoff after the first failed connect. It doubles with each further failure.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
/// The longest backoff if the server refuses the side connection because a connection limit is
/// reached. Guests wait for the slots.
const LONGEST_REFUSED_BACKOFF: Duration = Duration::from_secs(1);
/// The longest backoff if the server is unreachable. The slots are free then, so no guest waits.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// The maximum number of pending kills without a slot. Only a server that is unreachable for long
/// reaches it.
const MAX_WITHOUT_SLOT: usize = 1000;

/// The pending kills of one server.
#[derive(Debug, Default)]
pub(super) struct PendingKills {
    state: Mutex<State>,
    /// Notified of new kills and of the end.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    new: Vec<PendingKill>,
    /// Whether a worker task runs.
    is_running: bool,
    /// The open side connection, for the next worker.
    side: Option<SideConnection>,
}

/// A session that must end.
#[derive(Debug)]
pub(super) struct PendingKill {
    id: SessionId,
    /// Held until the session has ended, or until the server is unreachable.
    slot: Option<HeldSlot>,
    /// When the server last answered.
    last_answer: Instant,
    due: Instant,
    interval: Duration,
    /// When the server itself has ended the statement.
    expires: Instant,
    refusal_logged: bool,
}

/// The result of a KILL.
enum KillResult {
    /// The session has ended.
    Ended,
    /// The session still exists and is ending.
    Ending,
    /// The session can't be killed yet, because it runs code of another account.
    Refused(Error),
    /// The session was on another server, or on this server before a restart.
    OtherServer,
}

/// The connection that sends KILL. It always leads to the same server process, so identity and
/// uptime are queried only once.
#[derive(Debug)]
struct SideConnection {
    session: Session,
    /// When `uptime` was queried.
    connected: Instant,
    uptime: Duration,
}

impl PendingKills {
    /// Adds a session. Returns whether the caller must start a worker.
    pub(super) fn add(&self, kill: PendingKill) -> bool {
        let mut state = self.state();
        state.new.push(kill);
        let starts = !std::mem::replace(&mut state.is_running, true);
        drop(state);
        self.changed.notify_one();
        starts
    }

    /// Closes the idle side connection and wakes the worker.
    pub(super) fn end(&self) {
        let side = self.state().side.take();
        drop(side);
        self.changed.notify_one();
    }

    /// Ends the worker and stores its side connection, unless there are new kills. Returns whether
    /// the worker has ended.
    fn finish(&self, side: &mut Option<SideConnection>, is_ending: bool) -> bool {
        let mut state = self.state();
        if !state.new.is_empty() {
            return false;
        }
        state.is_running = false;
        if !is_ending {
            state.side = side.take();
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl PendingKill {
    pub(super) fn new(id: SessionId, limit: Duration, slot: HeldSlot) -> Self {
        let now = Instant::now();
        let (slot, expires) = (Some(slot), now + limit);
        Self { id, slot, last_answer: now, due: now, interval: FIRST_INTERVAL, expires, refusal_logged: false }
    }

    /// Schedules the next KILL, and doubles the interval.
    fn reschedule(&mut self, now: Instant) {
        (self.last_answer, self.due) = (now, now + self.interval);
        self.interval = (self.interval * 2).min(LONGEST_INTERVAL);
    }
}

impl SideConnection {
    /// Sends KILL for a session. The answer also shows whether the session still exists. A proxy
    /// can answer OK for every session, so with `check_list` the server's process list decides.
    async fn kill(&mut self, id: &SessionId, check_list: bool) -> Result<KillResult> {
        // A host name can lead to another server now, and a restarted server can reuse the id for
        // another session.
        let age = self.connected.saturating_duration_since(id.connected);
        if age > self.uptime + CLOCK_PRECISION || self.session.id().identity != id.identity {
            return Ok(KillResult::OtherServer);
        }
        match self.session.command(&format!("KILL {}", id.number)).await {
            Ok(()) if check_list && !self.session.is_session_listed(id.number).await? => Ok(KillResult::Ended),
            Ok(()) => Ok(KillResult::Ending),
            Err(error) => match &error.kind {
                ErrorKind::Server(server) if server.code == 1094 => Ok(KillResult::Ended),
                ErrorKind::Server(server) if !ends_session(server.code) => Ok(KillResult::Refused(error)),
                _ => Err(error),
            },
        }
    }
}

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
        let Some(pending) = self.shared.pending.get(self.server).filter(|_| !self.finished) else { return };
        let mut state = pending.state();
        state.is_running = false;
        let lost = std::mem::take(&mut state.new);
        drop(state);
        drop(lost);
    }
}

/// Runs the worker until no kill is pending.
pub(super) async fn run(mut worker: Worker) {
    let (shared, server) = (Arc::clone(&worker.shared), worker.server);
    let Some(pending) = shared.pending.get(server) else { return };
    let mut all = Vec::new();
    let mut side = pending.state().side.take();
    let mut backoff = FIRST_BACKOFF;
    loop {
        all.append(&mut pending.state().new);
        if shared.is_ending() {
            all.retain(|kill: &PendingKill| kill.slot.is_some());
        }
        if all.is_empty() && pending.finish(&mut side, shared.is_ending()) {
            worker.finished = true;
            return;
        }
        match kill_due(&shared, server, &mut side, &mut all).await {
            Ok(()) => backoff = FIRST_BACKOFF,
            Err(error) => {
                side = None;
                back_off(&shared, &mut all, &error, backoff);
                backoff = (backoff * 2).min(LONGEST_BACKOFF);
            }
        }
        drop_expired(&shared, &mut all);
        if let Some(next) = all.iter().map(|kill| kill.due).min() {
            let sleep = tokio::time::sleep_until(next.into());
            tokio::select! {
                () = sleep => {}
                () = pending.changed.notified() => {}
            }
        }
    }
}

/// Sends KILL for each session that is due.
async fn kill_due(
    shared: &Shared,
    server: usize,
    side: &mut Option<SideConnection>,
    all: &mut Vec<PendingKill>,
) -> Result<()> {
    let mut index = 0;
    while let Some(kill) = all.get_mut(index) {
        if kill.due > Instant::now() {
            index += 1;
            continue;
        }
        let check_list = kill.interval == LONGEST_INTERVAL;
        match send_kill(shared, server, side, &kill.id, check_list).await? {
            KillResult::Ended => {
                let kill = all.swap_remove(index);
                tracing::debug!(session = kill.id.number, "killed an abandoned statement");
                if kill.slot.is_some() {
                    shared.meters.killed(None);
                }
            }
            KillResult::OtherServer => {
                let error = Error::timeout(Step::Connect, "the server that ran the statement is no longer reachable");
                report_failure(shared, &all.swap_remove(index), &error);
            }
            KillResult::Ending => {
                kill.reschedule(Instant::now());
                index += 1;
            }
            KillResult::Refused(error) => {
                if !std::mem::replace(&mut kill.refusal_logged, true) {
                    let session = kill.id.number;
                    tracing::warn!(session, %error, "an abandoned statement can't be killed yet; retrying until it ends");
                }
                kill.reschedule(Instant::now());
                index += 1;
            }
        }
    }
    Ok(())
}

/// Sends KILL over the open side connection, or over a new side connection if that fails.
async fn send_kill(
    shared: &Shared,
    server: usize,
    side: &mut Option<SideConnection>,
    id: &SessionId,
    check_list: bool,
) -> Result<KillResult> {
    let mut timeout = shared.connector.options.kill_timeout;
    // The connection is taken out while in use, so that it is closed if it does not answer.
    if let Some(mut old) = side.take() {
        // Half of the time remains for a new connection.
        timeout /= 2;
        match tokio::time::timeout(timeout, old.kill(id, check_list)).await {
            // A new connection may lead to the right server.
            Ok(Ok(KillResult::OtherServer) | Err(_)) | Err(_) => {}
            Ok(Ok(result)) => {
                *side = Some(old);
                return Ok(result);
            }
        }
    }
    let result = tokio::time::timeout(timeout, async {
        let mut new = Box::pin(connect(shared, server)).await?;
        let result = new.kill(id, check_list).await?;
        Ok((new, result))
    });
    let (new, result) =
        result.await.unwrap_or_else(|_| Err(Error::timeout(Step::Execute, "the server did not answer in time")))?;
    *side = Some(new);
    Ok(result)
}

/// Opens a side connection.
async fn connect(shared: &Shared, server: usize) -> Result<SideConnection> {
    let mut session = shared.connector.connect_to(server).await?;
    let uptime = session.server_uptime().await?;
    Ok(SideConnection { session, connected: Instant::now(), uptime })
}

/// Postpones all kills after a failed connect. If the server is unreachable, their slots are freed,
/// because no guest can start statements there either.
fn back_off(shared: &Shared, all: &mut Vec<PendingKill>, error: &Error, backoff: Duration) {
    let now = Instant::now();
    for kill in &mut *all {
        kill.due = now + backoff;
        let frees_slot = match &error.kind {
            // The server has answered. It accepts the side connection when another session has
            // ended.
            ErrorKind::Server(_) => {
                kill.due = now + backoff.min(LONGEST_REFUSED_BACKOFF);
                kill.last_answer = now;
                false
            }
            ErrorKind::Unreachable => true,
            _ => now.saturating_duration_since(kill.last_answer) >= shared.connector.options.kill_timeout,
        };
        if frees_slot && kill.slot.is_some() {
            report_failure(shared, kill, error);
            kill.slot = None;
        }
    }
    let mut without_slot = all.iter().filter(|kill| kill.slot.is_none()).count();
    all.retain(|kill| {
        let is_surplus = without_slot > MAX_WITHOUT_SLOT && kill.slot.is_none();
        without_slot -= usize::from(is_surplus);
        !is_surplus
    });
}

/// Drops the kills of statements that the server itself must have ended by now, because of its time
/// limit.
fn drop_expired(shared: &Shared, all: &mut Vec<PendingKill>) {
    let now = Instant::now();
    all.retain(|kill| {
        let is_expired = kill.expires <= now;
        if is_expired {
            report_failure(
                shared,
                kill,
                &Error::timeout(Step::Execute, "the statement did not end within its time limit"),
            );
        }
        !is_expired
    });
}

/// Counts and logs a failed kill, once per session.
fn report_failure(shared: &Shared, kill: &PendingKill, error: &Error) {
    if kill.slot.is_some() {
        shared.meters.killed(Some(error.kind.name()));
        tracing::warn!(session = kill.id.number, %error, "an abandoned statement could not be killed");
    }
}
