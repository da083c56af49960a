//! Locks by name (GET_LOCK) belong to a session and to no transaction: they last until they are released or the session ends, and others wait
//! for them. So they may be held for as long as a transaction may be open, and, where nothing runs, for as long as one may be idle. What a
//! function, a view or a trigger takes is not known here: it is not in the statement's text.

use std::sync::{Arc, MutexGuard};

use tokio::time::Instant;

use super::checkout::Checkout;
use super::close_reason::CloseReason;
use super::deadline::Deadline;
use super::limits::CLEANUP_TIMEOUT;
use super::slot::{Rules, SessionState, Slot, SlotState};
use crate::types::{AbortReason, Step};

impl SlotState {
    /// Whether the session, which no call has, may hold locks by name for too long.
    pub(super) fn named_locks_are_late(&self, rules: &Rules, now: Instant) -> bool {
        let limits = &rules.grant.limits;
        let (lease, is_idle) = match &self.session {
            SessionState::Ready(lease) => {
                (lease, now.saturating_duration_since(self.since) > limits.idle_transaction_timeout)
            }
            SessionState::Streaming(stream) => (&stream.lease, false),
            SessionState::Busy | SessionState::Cleaning | SessionState::Closed(_) => return false,
        };
        let Some(since) = lease.locks_since() else { return false };
        is_idle || now.saturating_duration_since(Instant::from_std(since)) > limits.transaction_timeout
    }
}

impl Slot {
    /// Has the server release the locks by name, and closes the connection where it held any, so that its guest learns of it. Whether one
    /// was got, and is held still, only the server knows; in the middle of a result it can't be asked.
    pub(super) fn end_named_locks(self: &Arc<Self>, mut state: MutexGuard<'_, SlotState>) {
        match std::mem::replace(&mut state.session, SessionState::Cleaning) {
            SessionState::Ready(lease) => {
                drop(state);
                Checkout::new(self, lease).release_named_locks_later();
            }
            other => {
                state.session = other;
                SlotState::cut(state, CloseReason::NamedLock, AbortReason::Timeout);
            }
        }
    }
}

impl Checkout {
    /// In the background; calls wait meanwhile.
    fn release_named_locks_later(mut self) {
        let runtime = self.lease.runtime().clone();
        runtime.spawn(async move {
            let deadline = Deadline::after(CLEANUP_TIMEOUT);
            match self.run(Step::Rollback, deadline, async |session| session.release_named_locks().await).await {
                Ok(false) => self.put_back(),
                Ok(true) => {
                    let Checkout { lease, mut slot, .. } = self;
                    let (guest, database) = (&*slot.rules().guest, &**slot.rules().meters.database());
                    tracing::warn!(guest, database, "a connection is closed that held locks by name for too long");
                    slot.close(CloseReason::NamedLock);
                    lease.discard(CloseReason::NamedLock.into());
                }
                Err(error) => drop(self.cut(error)),
            }
        });
    }
}
