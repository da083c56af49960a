//! The pending kills of a server.

use std::mem;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::side_connection::{SideConnection, Target};
use super::{HeldSlot, Shared};
use crate::driver::connector::OpenSession;
use crate::driver::{Backoff, SessionId};
use crate::types::Error;

/// The interval between two attempts to kill a session. At first about the duration of a short
/// statement, at last for sessions that take long to end or can't be killed yet.
const INTERVAL: Backoff = Backoff { first: Duration::from_millis(1), longest: ACCEPTED_INTERVAL };
/// A KILL that the server has accepted is not repeated earlier.
const ACCEPTED_INTERVAL: Duration = Duration::from_millis(250);
/// A proxy can answer OK to every KILL. After this number of KILLs in succession that were accepted
/// for a session that the server does not list, the session has ended.
const UNLISTED_KILLS: u32 = 3;

/// The pending kills of one server.
#[derive(Debug, Default)]
pub(super) struct PendingKills {
    state: Mutex<State>,
    /// Notified of new kills and of the end.
    pub(super) changed: Notify,
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
    pub(super) id: SessionId,
    /// Held until the session has ended, or until the server is unreachable.
    slot: Option<HeldSlot>,
    /// A shutdown waits for the kill, also without a slot.
    _open: OpenSession,
    pub(super) added: Instant,
    pub(super) due: Instant,
    interval: Duration,
    pub(super) target: Target,
    /// KILLs in succession that the server accepted and before which it did not list the session.
    unlisted: u32,
    /// KILLs during which the connection broke or the server did not answer in time.
    pub(super) failures: u32,
    refusal_logged: bool,
}

impl PendingKills {
    /// Adds a session. Returns whether the caller must start a worker.
    pub(super) fn add(&self, kill: PendingKill) -> bool {
        let mut state = self.state();
        state.new.push(kill);
        let starts = !mem::replace(&mut state.is_running, true);
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

    /// Returns the new kills.
    pub(super) fn take_new(&self) -> Vec<PendingKill> {
        mem::take(&mut self.state().new)
    }

    /// Returns the open side connection.
    pub(super) fn take_side(&self) -> Option<SideConnection> {
        self.state().side.take()
    }

    /// Ends the worker and stores one of its side connections, unless there are new kills. Returns
    /// whether the worker has ended.
    pub(super) fn finish(&self, shared: &Shared, idle: &mut Vec<SideConnection>) -> bool {
        let mut state = self.state();
        if !state.new.is_empty() {
            return false;
        }
        state.is_running = false;
        // Checked under the lock: `end` takes a connection that was stored earlier.
        if !shared.is_ending() {
            state.side = idle.pop();
        }
        true
    }

    /// Drops the kills of a worker that ends early, and frees their slots.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.is_running = false;
        let lost = mem::take(&mut state.new);
        drop(state);
        drop(lost);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl PendingKill {
    pub(super) fn new(id: SessionId, slot: HeldSlot, open: OpenSession) -> Self {
        let now = Instant::now();
        Self {
            id,
            slot: Some(slot),
            _open: open,
            added: now,
            due: now,
            interval: INTERVAL.first,
            target: Target::Running,
            unlisted: 0,
            failures: 0,
            refusal_logged: false,
        }
    }

    pub(super) fn holds_slot(&self) -> bool {
        self.slot.is_some()
    }

    /// Frees the slot. The session is still killed when the server answers.
    pub(super) fn free_slot(&mut self, shared: &Shared, error: &Error) {
        self.report_failure(shared, error);
        self.slot = None;
    }

    /// Records that the server still lists the session.
    pub(super) fn is_ending(&mut self) {
        self.unlisted = 0;
        self.reschedule();
    }

    /// Records an accepted KILL. Returns whether the session has ended.
    pub(super) fn was_killed(&mut self, listed: bool) -> bool {
        self.unlisted = if listed { 0 } else { self.unlisted + 1 };
        self.target = Target::Killed { repeat: Instant::now() + ACCEPTED_INTERVAL };
        self.reschedule();
        self.unlisted >= UNLISTED_KILLS
    }

    /// Records that the server refused the KILL, and logs it once.
    pub(super) fn was_refused(&mut self, error: &Error) {
        if !mem::replace(&mut self.refusal_logged, true) {
            let session = self.id.number;
            tracing::warn!(session, %error, "an abandoned statement can't be killed yet; retrying until it ends");
        }
        self.unlisted = 0;
        self.target = Target::Running;
        self.reschedule();
    }

    /// Records that the connection broke during a KILL, or that the server did not answer in time.
    /// The server may execute the KILL until `repeat`.
    pub(super) fn failed(&mut self, repeat: Instant) {
        (self.unlisted, self.failures) = (0, self.failures + 1);
        self.target = Target::Killed { repeat };
        self.reschedule();
    }

    /// Counts the end of the session.
    pub(super) fn report_end(&self, shared: &Shared) {
        tracing::debug!(session = self.id.number, "an abandoned session has ended");
        if self.holds_slot() {
            shared.meters.killed(None);
        }
    }

    /// Counts and logs a failed kill, once per session.
    pub(super) fn report_failure(&self, shared: &Shared, error: &Error) {
        if self.holds_slot() {
            shared.meters.killed(Some(error.kind.name()));
            tracing::warn!(session = self.id.number, %error, "an abandoned session could not be killed");
        }
    }

    /// Schedules the next attempt.
    fn reschedule(&mut self) {
        self.due = Instant::now() + self.interval;
        self.interval = INTERVAL.after(Some(self.interval));
    }
}
