//! The watchdog reclaims connections whose guest leaves a transaction idle, a result unread or a
//! named lock held for too long, whether or not the guest calls.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::cleanup::release_named_locks;
use super::close_reason::CloseReason;
use super::rules::Rules;
use super::slot::Slot;
use super::slot_state::SlotState;

/// The interval of the checks. Every limit is far longer.
const TICK: Duration = Duration::from_millis(100);

/// The slots of all connections that guests hold, and the task that checks them.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slots: Vec<Weak<Slot>>,
    /// Runs while a connection is acquired.
    task: Option<AbortHandle>,
}

impl Watchdog {
    /// Adds a slot. Starts the task in the runtime of the caller if it does not run: an earlier
    /// runtime may have ended.
    pub(super) fn add(self: &Arc<Self>, slot: &Arc<Slot>) {
        let mut inner = self.inner.lock();
        if inner.slots.len() == inner.slots.capacity() {
            inner.slots.retain(|slot| slot.strong_count() > 0);
        }
        inner.slots.push(Arc::downgrade(slot));
        if inner.task.as_ref().is_none_or(AbortHandle::is_finished) {
            inner.task = Some(tokio::spawn(Arc::clone(self).watch()).abort_handle());
        }
    }

    /// Closes the connections of the engine with these rules.
    pub(super) fn terminate(&self, rules: &Arc<Rules>) {
        self.slots().iter().filter(|slot| Arc::ptr_eq(rules, &slot.rules)).for_each(|slot| slot.terminate());
    }

    /// Closes the connections of all engines.
    pub(super) fn terminate_all(&self) {
        self.slots().iter().for_each(|slot| slot.terminate());
    }

    /// Returns the rules of all engines that have a connection.
    pub(super) fn rules(&self) -> Vec<Arc<Rules>> {
        self.slots().iter().map(|slot| Arc::clone(&slot.rules)).collect()
    }

    fn slots(&self) -> Vec<Arc<Slot>> {
        self.inner.lock().slots.iter().filter_map(Weak::upgrade).collect()
    }

    async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let now = Instant::now();
            let slots = self.slots();
            slots.iter().for_each(|slot| check_timeouts(slot, now));
            drop(slots);
            let mut inner = self.inner.lock();
            inner.slots.retain(|slot| slot.strong_count() > 0);
            if inner.slots.is_empty() {
                inner.task = None;
                return;
            }
        }
    }
}

/// Closes the connection if it exceeds a time limit. Reports it as a leak if it was acquired long
/// ago.
fn check_timeouts(slot: &Arc<Slot>, now: Instant) {
    let rules = &slot.rules;
    let state = slot.state();
    let (guest, database) = (&*rules.guest, &**rules.meters.database());
    if slot.refuse_if_cancelled().is_err() {
        drop(state);
        slot.close_unless_busy(CloseReason::RequestCancelled);
        return;
    }
    if let Some(request) = &slot.request
        && request.ended_at().is_some_and(|ended_at| state.is_left_open(Instant::from_std(ended_at), now))
    {
        let (request, activity) = (request.id(), state.activity());
        rules.meters.leak_reported();
        tracing::warn!(guest, database, request, activity, "a connection is closed that its request left open");
        SlotState::cut(state, CloseReason::RequestEnded);
        return;
    }
    if let Some(reason) = state.overdue(rules, now) {
        tracing::warn!(guest, database, ?reason, "a connection is closed that its guest left unused");
        SlotState::cut(state, reason);
        return;
    }
    if state.named_locks_are_overdue(rules, now) {
        release_named_locks(slot, state);
        return;
    }
    let held = now.saturating_duration_since(slot.acquired_at);
    let is_leaked = held > rules.leak_report_after && !state.is_closed();
    if is_leaked && !slot.leak_reported.swap(true, Ordering::Relaxed) {
        let activity = state.activity();
        rules.meters.leak_reported();
        tracing::warn!(guest, database, seconds = held.as_secs(), activity, "a connection may be leaked");
    }
}
