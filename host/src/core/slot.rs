//! The state that a connection shares with its transactions, statements and cursors. Dropping the
//! last of them releases the session.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::Span;

use super::close_reason::CloseReason;
use super::deadline::{Ends, request_cancelled};
use super::held_statements::HeldStatements;
use super::rules::Rules;
use super::slot_state::{SessionState, SlotState};
use crate::pool::Lease;
use crate::telemetry::{Call, GuestRequest, Operation};
use crate::types::{Error, Result};

/// The shared part of a connection.
#[derive(Debug)]
pub(super) struct Slot {
    state: Mutex<SlotState>,
    /// Notified when a call or cleanup ends.
    pub(super) cleaned: Notify,
    pub(super) rules: Arc<Rules>,
    /// The request that acquired the connection.
    pub(super) request: Option<GuestRequest>,
    pub(super) held: Mutex<HeldStatements>,
    pub(super) acquired_at: Instant,
    /// Whether the leak of this connection was reported.
    pub(super) leak_reported: AtomicBool,
}

impl Slot {
    pub(super) fn new(lease: Lease, rules: Arc<Rules>, request: Option<GuestRequest>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(SlotState::new(lease)),
            cleaned: Notify::new(),
            rules,
            request,
            held: Mutex::default(),
            acquired_at: Instant::now(),
            leak_reported: AtomicBool::new(false),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock()
    }

    /// Starts the metrics and the span of a call.
    pub(super) fn call(&self, operation: Operation) -> Call<'_> {
        let transaction = self.state().span();
        Call::begin(&self.rules.meters, operation, &transaction, self.request.as_ref())
    }

    /// Returns the parent of the span of an outermost transaction, which outlives the call that
    /// begins the transaction.
    pub(super) fn parent_span(&self) -> Span {
        self.request.as_ref().map_or_else(Span::current, |request| request.span().clone())
    }

    /// Sets the transaction state of a call's error, unless the call has already set it.
    pub(super) fn with_transaction_state<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error: Error| self.state().with_transaction_state(error))
    }

    /// Fails if the request of the connection is cancelled. Nothing is sent for such a request.
    pub(super) fn refuse_if_cancelled(&self) -> Result<()> {
        match &self.request {
            Some(request) if request.is_cancelled() => Err(request_cancelled()),
            _ => Ok(()),
        }
    }

    /// Returns the events that end a call on this connection.
    pub(super) fn ends(&self) -> Ends<'_> {
        Ends { engine: &self.rules.engine_state, request: self.request.as_ref() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed()
    }

    pub(super) fn terminate(&self) {
        self.close_unless_busy(CloseReason::Terminated);
    }

    /// Closes the session at once, unless a call has it: that call watches for the events of
    /// [`ends`](Self::ends).
    pub(super) fn close_unless_busy(&self, reason: CloseReason) {
        let state = self.state();
        if matches!(state.session, SessionState::Ready(_) | SessionState::Streaming(_)) {
            SlotState::cut(state, reason);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if *self.leak_reported.get_mut() {
            let (guest, database) = (&*self.rules.guest, &**self.rules.meters.database());
            let seconds = self.acquired_at.elapsed().as_secs();
            tracing::warn!(guest, database, seconds, "a connection that was reported as leaked is released");
        }
        let state = self.state.get_mut();
        let session = std::mem::replace(&mut state.session, SessionState::Closed(CloseReason::ByGuest));
        if let SessionState::Ready(lease) = session {
            lease.release();
        }
    }
}
