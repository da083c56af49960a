//! What a database has lent, and the host's own clock over it: a guest that holds a transaction, a result or a lock by name and does not
//! come back loses it, whether it calls or not.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::close_reason::CloseReason;
use super::slot::{Rules, SessionState, Slot, SlotState};
use crate::types::AbortReason;

/// How often the clock is looked at: far shorter than any limit, and nothing beside what a plugin costs.
const TICK: Duration = Duration::from_millis(100);

/// The slots of connections that guests hold.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slots: Vec<Weak<Slot>>,
    /// There while something is lent.
    clock: Option<AbortHandle>,
}

impl Watchdog {
    /// Notes a slot, and sees to it that the clock runs, in the runtime of the caller: the one of before can have ended.
    pub(super) fn add(self: &Arc<Self>, slot: &Arc<Slot>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.slots.len() == inner.slots.capacity() {
            inner.slots.retain(|slot| slot.strong_count() > 0);
        }
        inner.slots.push(Arc::downgrade(slot));
        if inner.clock.as_ref().is_none_or(AbortHandle::is_finished) {
            inner.clock = Some(tokio::spawn(Arc::clone(self).watch()).abort_handle());
        }
    }

    /// Cuts what an engine, told by its rules, has lent; or all.
    pub(super) fn terminate(&self, of: Option<&Arc<Rules>>) {
        for slot in self.slots().iter().filter(|slot| of.is_none_or(|rules| Arc::ptr_eq(rules, &slot.rules))) {
            slot.terminate();
        }
    }

    /// The rules of the engines that have lent something.
    pub(super) fn rules(&self) -> Vec<Arc<Rules>> {
        self.slots().iter().map(|slot| Arc::clone(&slot.rules)).collect()
    }

    fn slots(&self) -> Vec<Arc<Slot>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.slots.iter().filter_map(Weak::upgrade).collect()
    }

    async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let now = Instant::now();
            let slots = self.slots();
            slots.iter().for_each(|slot| slot.check_timeouts(now));
            drop(slots);
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.slots.retain(|slot| slot.strong_count() > 0);
            if inner.slots.is_empty() {
                inner.clock = None;
                return;
            }
        }
    }
}

impl Slot {
    /// Takes the session from a guest that has let its time pass, and reports one that holds it for long.
    fn check_timeouts(self: &Arc<Self>, now: Instant) {
        let limits = &self.rules.grant.limits;
        let state = self.state();
        let waited = now.saturating_duration_since(state.since);
        let is_late = state.transaction_deadline(&self.rules).is_some_and(|deadline| deadline.has_passed(now));
        // One that is prepared keeps its locks also without a session.
        let is_open = state.transactions.is_open() && !state.transactions.is_prepared();
        let passed = match &state.session {
            SessionState::Ready(_) if is_open && is_late => Some((CloseReason::TimedOut, AbortReason::Timeout)),
            SessionState::Ready(_) if is_open && waited > limits.idle_transaction_timeout => {
                Some((CloseReason::Idle, AbortReason::Idle))
            }
            SessionState::Streaming(_) if is_late => Some((CloseReason::TimedOut, AbortReason::Timeout)),
            SessionState::Streaming(_) if waited > limits.fetch_timeout => {
                Some((CloseReason::Unread, AbortReason::Timeout))
            }
            _ => None,
        };
        let (guest, database) = (&*self.rules.guest, &**self.rules.meters.database());
        if let Some((closed, reason)) = passed {
            tracing::warn!(guest, database, ?closed, "a connection is closed that its guest did not come back to");
            SlotState::cut(state, closed, reason);
            return;
        }
        if state.named_locks_are_late(&self.rules, now) {
            self.end_named_locks(state);
            return;
        }
        let held = now.saturating_duration_since(self.lent_at);
        let is_long = held > self.rules.leak_report_after && !matches!(state.session, SessionState::Closed(_));
        if is_long && !self.reported.swap(true, Ordering::Relaxed) {
            let doing = state.doing();
            self.rules.meters.leaks();
            tracing::warn!(guest, database, seconds = held.as_secs(), doing, "a connection is lent for long");
        }
    }
}

impl SlotState {
    /// What the guest does with it, for the log.
    fn doing(&self) -> &'static str {
        match &self.session {
            SessionState::Ready(_) if self.transactions.is_open() => "nothing, in a transaction",
            SessionState::Ready(_) => "nothing",
            SessionState::Streaming(_) => "reading a result",
            SessionState::Busy => "a call",
            SessionState::Cleaning => "waiting for what it dropped to end",
            SessionState::Closed(_) => "nothing, and it is closed",
        }
    }
}
