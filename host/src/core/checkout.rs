//! The session, taken out of its slot for one call. What a call sends goes through `run`; how it ends decides where the session goes.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::deadline::{Life, within};
use super::limits::{ABANDON_TIMEOUT, CLEANUP_TIMEOUT};
use super::slot::{Closed, Place, Rules, Slot, SlotState};
use super::transaction::TransactionId;
use crate::driver::Session;
use crate::pool::Lease;
use crate::types::{AbortReason, Error, ErrorKind, Limit, Result, ServerClass, Step, TransactionState, ends_session};

/// The session, taken out of its slot.
#[derive(Debug)]
pub(super) struct Checkout {
    lease: Box<Lease>,
    pub(super) slot: SlotGuard,
}

/// Closes the slot, unless the session is put back.
#[derive(Debug)]
pub(super) struct SlotGuard {
    slot: Arc<Slot>,
    put_back: bool,
}

impl Checkout {
    pub(super) fn new(slot: &Arc<Slot>, lease: Box<Lease>) -> Checkout {
        Checkout { lease, slot: SlotGuard { slot: Arc::clone(slot), put_back: false } }
    }

    pub(super) fn session(&mut self) -> Result<&mut Session> {
        self.lease.session()
    }

    /// Sends something and waits for its answer, at most for `limit`. Afterwards the transaction's state is what the server says it is. After an
    /// error that leaves the session in doubt, pass the error to `fail`.
    pub(super) async fn run<T>(
        &mut self,
        step: Step,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Session) -> Result<T>,
    ) -> Result<T> {
        self.lease.set_running(true);
        let session = self.lease.session()?;
        let result = within(step, limit, &self.slot.slot.rules.life, work(session)).await;
        if !result.as_ref().is_err_and(ends) {
            self.lease.set_running(false);
        }
        if let Err(Error { kind: ErrorKind::Server(server), .. }) = &result
            && server.class == ServerClass::Deadlock
        {
            self.slot.state().transactions.abort(AbortReason::Deadlock);
        }
        result
    }

    /// Compares the transaction's state with what the server says, and returns how many warnings it has; only right after a
    /// statement whose result is read.
    pub(super) fn sync_transaction(&mut self) -> Result<u16> {
        let session = self.lease.session()?;
        let (in_transaction, warnings) = (session.in_transaction(), session.warning_count());
        let mut state = self.slot.state();
        state.transactions.server_says(in_transaction);
        state.warnings = warnings;
        Ok(warnings)
    }

    pub(super) fn put_back(self) {
        self.leave(Place::Ready);
    }

    /// Ends a failed call: puts the session back where it is sound, else closes it; and tells what became of the transaction.
    pub(super) fn fail(self, mut error: Error) -> Error {
        if ends(&error) {
            let Checkout { lease, mut slot } = self;
            let had_transaction = slot.state().transactions.needs_rollback();
            slot.close(match error.kind {
                ErrorKind::Timeout(_) => Closed::TimedOut,
                ErrorKind::PoolClosed => Closed::Terminated,
                _ => Closed::Lost,
            });
            drop(lease);
            error.transaction = match (&error.kind, had_transaction) {
                (ErrorKind::CommitUnknown, _) => TransactionState::Unknown,
                (_, true) => TransactionState::RolledBack,
                (_, false) => TransactionState::None,
            };
        } else {
            let mut state = self.slot.state();
            error.transaction = state.transactions.state();
            // The server lists the error among the warnings.
            state.warnings = state.warnings.max(1);
            drop(state);
            self.put_back();
        }
        error
    }

    /// Gives the session back for good.
    pub(super) fn close(self) {
        let Checkout { lease, mut slot } = self;
        slot.state().transactions.ended();
        slot.close(Closed::ByGuest);
        lease.give_back();
    }

    /// Leaves the session to the cursor that reads the rows still to come.
    pub(super) fn park(mut self) {
        self.lease.set_running(true);
        self.leave(Place::Streaming);
    }

    /// Reads what a dropped cursor left, in the background; calls wait meanwhile.
    pub(super) fn read_over_later(mut self) {
        let runtime = self.lease.runtime().clone();
        runtime.spawn(async move {
            match self.run(Step::Fetch, ABANDON_TIMEOUT, async |session| session.discard().await).await {
                Err(error) if ends(&error) => {
                    let Checkout { lease, mut slot } = self;
                    slot.close(Closed::Abandoned);
                    drop(lease);
                }
                read => {
                    if read.is_err() || self.sync_transaction().is_ok() {
                        self.put_back();
                    }
                }
            }
        });
    }

    /// Rolls back for a guest that dropped its transaction, in the background; calls wait meanwhile.
    pub(super) fn roll_back_later(mut self, id: TransactionId) {
        let runtime = self.lease.runtime().clone();
        runtime.spawn(async move {
            match self.run(Step::Rollback, CLEANUP_TIMEOUT, async |session| session.command("ROLLBACK").await).await {
                Ok(()) => {
                    self.slot.state().transactions.rolled_back(id);
                    self.put_back();
                }
                Err(error) => tracing::warn!(%error, "a dropped transaction's connection is closed"),
            }
        });
    }

    fn leave(self, place: impl FnOnce(Box<Lease>) -> Place) {
        let Checkout { lease, slot: mut guard } = self;
        guard.put_back = true;
        let slot = Arc::clone(&guard.slot);
        let mut state = slot.state();
        if *slot.rules.life.borrow() == Life::Terminated {
            state.place = Place::Closed(Closed::Terminated);
            drop(state);
            drop(lease);
        } else {
            state.place = place(lease);
            slot.tidy(state);
        }
        slot.cleaned.notify_waiters();
    }
}

impl SlotGuard {
    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.slot.state()
    }

    pub(super) fn rules(&self) -> &Arc<Rules> {
        &self.slot.rules
    }

    fn close(&mut self, reason: Closed) {
        self.put_back = true;
        let mut state = self.slot.state();
        if !matches!(state.place, Place::Closed(_)) {
            state.place = Place::Closed(reason);
        }
        if reason == Closed::TimedOut {
            state.transactions.abort(AbortReason::Timeout);
        } else if reason != Closed::ByGuest {
            state.transactions.abort(AbortReason::ConnectionLost);
        }
        drop(state);
        self.slot.cleaned.notify_waiters();
    }
}

impl Drop for SlotGuard {
    fn drop(&mut self) {
        if !self.put_back {
            self.close(Closed::Cancelled);
        }
    }
}

/// Whether a session can't be trusted after this error.
fn ends(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => ends_session(server.code),
        ErrorKind::Timeout(_)
        | ErrorKind::ConnectionLost
        | ErrorKind::ProtocolViolation
        | ErrorKind::CommitUnknown
        | ErrorKind::PoolClosed
        | ErrorKind::ValueUnsupported
        | ErrorKind::LimitExceeded(Limit::RowBytes | Limit::Columns) => true,
        _ => false,
    }
}
