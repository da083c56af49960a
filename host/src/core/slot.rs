//! Who has the session of a connection right now. A call takes it out of its slot and puts it back; whoever finds the slot empty gets
//! `busy`. A call that is dropped half-way never puts it back, and that closes the connection: cancellation, traps and
//! timeouts need no code of their own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::deadline::{Life, terminated, within};
use super::grant::Grant;
use super::limits::{ABANDON_TIMEOUT, CLEANUP_TIMEOUT};
use super::transaction::{TransactionId, Transactions};
use crate::driver::Session;
use crate::pool::Lease;
use crate::types::{
    AbortReason, Error, ErrorKind, IsolationLevel, Result, ServerClass, Step, TransactionState, ends_session,
};

/// What a connection and all that lives on it (transactions, cursors) share. The last of them gives the session back.
#[derive(Debug)]
pub(super) struct Slot {
    state: Mutex<SlotState>,
    /// Told when cleaning ends.
    cleaned: Notify,
    pub(super) rules: Arc<Rules>,
}

/// What holds for every call of an engine's connections.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) grant: Grant,
    pub(super) isolation: Option<IsolationLevel>,
    /// Kept here so that it outlives the engine, which the guest may drop before its connections.
    pub(super) life: watch::Sender<Life>,
    /// The guest's name, for logs.
    pub(super) guest: Arc<str>,
    /// For how many bytes of statement the server's packet has room.
    pub(super) packet_bytes: usize,
}

#[derive(Debug)]
pub(super) struct SlotState {
    place: Place,
    pub(super) transactions: Transactions,
    /// The guest dropped the transaction; to be rolled back when the session is back.
    rollback_wanted: Option<TransactionId>,
    pub(super) warnings: u16,
}

#[derive(Debug)]
enum Place {
    Ready(Box<Lease>),
    /// A cursor is open: rows are on their way, and only its fetches may read them.
    Streaming(Box<Lease>),
    /// A call has it.
    Busy,
    /// The host tidies up after something that was dropped; calls wait for it.
    Cleaning,
    Closed(Closed),
}

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    ByGuest,
    /// A call on it was cancelled.
    Cancelled,
    /// A deadline passed.
    TimedOut,
    /// The connection broke, or can't be trusted.
    Lost,
    /// A cursor was dropped with much left.
    Abandoned,
    Terminated,
}

/// The session, taken out of its slot.
#[derive(Debug)]
pub(super) struct Checkout {
    lease: Lease,
    pub(super) slot: SlotGuard,
}

/// Closes the slot, unless the session is put back.
#[derive(Debug)]
pub(super) struct SlotGuard {
    slot: Arc<Slot>,
    put_back: bool,
}

impl Slot {
    pub(super) fn new(lease: Lease, rules: Arc<Rules>) -> Arc<Slot> {
        Arc::new(Slot {
            state: Mutex::new(SlotState {
                place: Place::Ready(Box::new(lease)),
                transactions: Transactions::default(),
                rollback_wanted: None,
                warnings: 0,
            }),
            cleaned: Notify::new(),
            rules,
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state().place, Place::Closed(_))
    }

    /// Takes the session, waiting only for the host's own cleaning, which has a deadline.
    pub(super) async fn check_out(self: &Arc<Self>) -> Result<Checkout> {
        loop {
            let cleaned = self.cleaned.notified();
            {
                let mut state = self.state();
                match std::mem::replace(&mut state.place, Place::Busy) {
                    Place::Ready(lease) => return Ok(Checkout::new(self, *lease)),
                    Place::Busy => {
                        return Err(busy("another call is in flight on this connection; await it first"));
                    }
                    Place::Streaming(lease) => {
                        state.place = Place::Streaming(lease);
                        return Err(busy(
                            "a result of this connection has rows left; read it to its end, close it, or acquire a second \
                             connection",
                        ));
                    }
                    Place::Closed(reason) => {
                        state.place = Place::Closed(reason);
                        return Err(state.closed_error(reason));
                    }
                    Place::Cleaning => state.place = Place::Cleaning,
                }
            }
            cleaned.await;
        }
    }

    /// Takes the session for the next rows of the open cursor.
    pub(super) fn check_out_stream(self: &Arc<Self>) -> Result<Checkout> {
        let mut state = self.state();
        match std::mem::replace(&mut state.place, Place::Busy) {
            Place::Streaming(lease) => Ok(Checkout::new(self, *lease)),
            Place::Closed(reason) => {
                state.place = Place::Closed(reason);
                Err(state.closed_error(reason))
            }
            other => {
                state.place = other;
                Err(busy("another fetch of this cursor is in flight"))
            }
        }
    }

    /// Lets go of the open cursor: its rest is read in the background if that is little, and the connection closed if it is
    /// much.
    pub(super) fn abandon_stream(self: &Arc<Self>) {
        let mut state = self.state();
        match std::mem::replace(&mut state.place, Place::Cleaning) {
            Place::Streaming(lease) => {
                drop(state);
                let checkout = Checkout::new(self, *lease);
                let runtime = checkout.lease.runtime().clone();
                runtime.spawn(checkout.read_over());
            }
            other => state.place = other,
        }
    }

    /// Closes for the guest where that needs no answer from the server; otherwise the session to roll back first.
    pub(super) async fn close(self: &Arc<Self>) -> Result<Option<Checkout>> {
        let stream = {
            let mut state = self.state();
            match std::mem::replace(&mut state.place, Place::Closed(Closed::ByGuest)) {
                Place::Closed(_) => return Ok(None),
                // Dropping it cuts the rows that are on their way.
                Place::Streaming(lease) => {
                    state.transactions.ended();
                    Some(lease)
                }
                other => {
                    state.place = other;
                    None
                }
            }
        };
        match stream {
            Some(lease) => {
                drop(lease);
                Ok(None)
            }
            None => self.check_out().await.map(Some),
        }
    }

    /// Rolls a transaction back that nobody will end any more: now if the session is free, else when it is back.
    pub(super) fn roll_back_later(self: &Arc<Self>, id: TransactionId) {
        let mut state = self.state();
        if !state.transactions.is_open(id) {
            return;
        }
        if matches!(state.place, Place::Closed(_)) {
            // Its session went, and the server rolled back.
            state.transactions.rolled_back(id);
            return;
        }
        state.rollback_wanted = Some(id);
        self.tidy(state);
    }

    /// Closes the session at once, wherever it is; a call in flight notices by itself.
    pub(super) fn terminate(&self) {
        let mut state = self.state();
        // A busy slot is closed by the call that has the session: it watches the engine's life.
        if matches!(state.place, Place::Ready(_) | Place::Streaming(_)) {
            let place = std::mem::replace(&mut state.place, Place::Closed(Closed::Terminated));
            state.transactions.abort(AbortReason::ConnectionLost);
            drop(state);
            drop(place);
        }
    }

    /// Starts the cleaning that is wanted, if the session is here for it.
    fn tidy(self: &Arc<Self>, mut state: MutexGuard<'_, SlotState>) {
        let Some(id) = state.rollback_wanted else { return };
        let lease = match std::mem::replace(&mut state.place, Place::Cleaning) {
            Place::Ready(lease) => lease,
            other => {
                state.place = other;
                return;
            }
        };
        state.rollback_wanted = None;
        drop(state);
        let mut checkout = Checkout::new(self, *lease);
        let runtime = checkout.lease.runtime().clone();
        runtime.spawn(async move {
            match checkout.run(Step::Rollback, CLEANUP_TIMEOUT, async |session| session.command("ROLLBACK").await).await
            {
                Ok(()) => {
                    checkout.slot.state().transactions.rolled_back(id);
                    checkout.put_back();
                }
                Err(error) => tracing::warn!(%error, "a dropped transaction's connection is closed"),
            }
        });
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Place::Ready(lease) = std::mem::replace(&mut state.place, Place::Closed(Closed::ByGuest)) {
            lease.give_back();
        }
    }
}

impl SlotState {
    /// What a call on a closed connection is told.
    fn closed_error(&self, reason: Closed) -> Error {
        if let Some(lost) = self.transactions.lost() {
            return lost;
        }
        match reason {
            Closed::ByGuest => Error::closed("This connection is closed"),
            Closed::Cancelled => Error::closed("This connection is closed: a call on it was cancelled"),
            Closed::TimedOut => Error::closed("This connection is closed: a call on it ran out of time"),
            Closed::Lost => Error::closed("This connection is closed: it broke earlier"),
            Closed::Abandoned => Error::closed(
                "This connection is closed: a result with much left was dropped; read results to their end, or use LIMIT",
            ),
            Closed::Terminated => terminated(),
        }
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

impl Checkout {
    fn new(slot: &Arc<Slot>, lease: Lease) -> Checkout {
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

    /// Reads what a dropped cursor left.
    async fn read_over(mut self) {
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
            state.place = place(Box::new(lease));
            slot.tidy(state);
        }
        slot.cleaned.notify_waiters();
    }
}

fn busy(message: &str) -> Error {
    Error::new(ErrorKind::Busy, message)
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
        | ErrorKind::LimitExceeded(crate::types::Limit::RowBytes | crate::types::Limit::Columns) => true,
        _ => false,
    }
}
