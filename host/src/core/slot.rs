//! Who has the session of a connection right now. A call takes it out of its slot and puts it back; whoever finds the slot empty gets
//! `busy`. A call that is dropped half-way never puts it back, and that closes the connection: cancellation, traps and
//! timeouts need no code of their own.

mod transactions;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::Span;

use super::abandonment::Abandonment;
use super::checkout::Checkout;
use super::close_reason::CloseReason;
use super::deadline::EngineState;
use super::grant::Grant;
use super::prepared::HeldStatements;
use super::transaction::{Command, TransactionId, Transactions};
use crate::driver::SessionSettings;
use crate::pool::Lease;
use crate::sql::{Scope, StatementKind};
use crate::telemetry::{Call, Discarded, Ending, GuestMeters, Operation, Transaction};
use crate::types::{AbortReason, Error, ErrorKind, IsolationLevel, Result, Step, TransactionState};

/// What a connection and all that lives on it (transactions, cursors) share. The last of them gives the session back.
#[derive(Debug)]
pub(super) struct Slot {
    state: Mutex<SlotState>,
    /// Told when cleaning ends.
    pub(super) cleaned: Notify,
    pub(super) rules: Arc<Rules>,
    /// Prepared statements that the guest holds.
    pub(super) held: Mutex<HeldStatements>,
    pub(super) lent_at: Instant,
    /// Whether it was reported that it is lent for long.
    pub(super) reported: AtomicBool,
}

/// What holds for every call of an engine's connections.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) grant: Grant,
    pub(super) isolation: Option<IsolationLevel>,
    /// Kept here so that it outlives the engine, which the guest may drop before its connections.
    pub(super) engine_state: watch::Sender<EngineState>,
    /// The guest's name.
    pub(super) guest: Arc<str>,
    /// What is counted, and the name of the database for logs.
    pub(super) meters: Arc<GuestMeters>,
    /// What the grant asks of the server.
    pub(super) settings: SessionSettings,
    /// After which time a warning says that a connection is still lent.
    pub(super) leak_report_after: Duration,
    /// For how many bytes of statement the server's packet has room.
    pub(super) packet_bytes: usize,
    /// The database's own.
    pub(super) schema: Option<Arc<str>>,
}

impl Rules {
    /// What the guest's statements are read for.
    pub(super) fn scope(&self) -> Scope<'_> {
        Scope { most: self.grant.most(), schema: self.schema.as_deref() }
    }
}

#[derive(Debug)]
pub(super) struct SlotState {
    pub(super) session: SessionState,
    pub(super) transactions: Transactions,
    /// The outermost one, as long as it is open.
    transaction: Option<Transaction>,
    /// When the outermost transaction was begun; of no meaning without one.
    pub(super) transaction_since: Instant,
    /// Since when the session is where it is, unless a call has it.
    pub(super) since: Instant,
    /// Transactions that the guest dropped; to be ended when the session is back, the innermost first.
    end_wanted: Vec<TransactionId>,
    /// Why a statement failed whose result was dropped: the next call reports it, since no call was there for it.
    pub(super) failure: Option<Error>,
    pub(super) warnings: u16,
}

/// The session while rows are on their way.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) lease: Box<Lease>,
    /// Of the statement.
    pub(super) kind: StatementKind,
    pub(super) abandonment: Abandonment,
}

/// Where the session is.
#[derive(Debug)]
pub(super) enum SessionState {
    Ready(Box<Lease>),
    /// A cursor is open: rows are on their way, and only its fetches may read them.
    Streaming(Stream),
    /// A call has it.
    Busy,
    /// The host tidies up after something that was dropped; calls wait for it.
    Cleaning,
    Closed(CloseReason),
}

impl Slot {
    pub(super) fn new(lease: Lease, rules: Arc<Rules>) -> Arc<Slot> {
        let now = Instant::now();
        Arc::new(Slot {
            state: Mutex::new(SlotState {
                session: SessionState::Ready(Box::new(lease)),
                transactions: Transactions::default(),
                transaction: None,
                transaction_since: now,
                since: now,
                end_wanted: Vec::new(),
                failure: None,
                warnings: 0,
            }),
            cleaned: Notify::new(),
            rules,
            held: Mutex::default(),
            lent_at: now,
            reported: AtomicBool::new(false),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call on the connection begins.
    pub(super) fn call(&self, operation: Operation) -> Call<'_> {
        let transaction = self.state().transaction.as_ref().map_or_else(Span::none, |open| open.span().clone());
        Call::begin(&self.rules.meters, operation, &transaction)
    }

    /// Says of an error, where that is not said yet, what has become of the transaction: nothing, where nothing was sent.
    pub(super) fn with_transaction_state(&self, mut error: Error) -> Error {
        if error.transaction == TransactionState::None {
            error.transaction = self.state().transactions.state();
        }
        error
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state().session, SessionState::Closed(_))
    }

    /// Takes the session, waiting only for the host's own cleaning, which has a deadline.
    pub(super) async fn check_out(self: &Arc<Self>) -> Result<Checkout> {
        if let Some(checkout) = self.check_out_now()? {
            return Ok(checkout);
        }
        loop {
            let cleaned = self.cleaned.notified();
            if let Some(checkout) = self.check_out_now()? {
                return Ok(checkout);
            }
            cleaned.await;
        }
    }

    /// Takes the session, waiting for the host's own cleaning for as long as the call may take.
    pub(super) async fn check_out_within(self: &Arc<Self>, limit: Duration) -> Result<Checkout> {
        if let Some(checkout) = self.check_out_now()? {
            return Ok(checkout);
        }
        tokio::time::timeout(limit, self.check_out()).await.unwrap_or_else(|_| {
            let ms = limit.as_millis();
            let message = format!(
                "the connection was busy with what an earlier call left for the {ms} ms that this call may take"
            );
            Err(Error::timeout(Step::Execute, message))
        })
    }

    /// Takes the session; `None` while the host cleans.
    fn check_out_now(self: &Arc<Self>) -> Result<Option<Checkout>> {
        let mut state = self.state();
        match std::mem::replace(&mut state.session, SessionState::Busy) {
            SessionState::Ready(lease) => match state.failure.take() {
                None => Ok(Some(Checkout::new(self, lease))),
                Some(failure) => {
                    state.session = SessionState::Ready(lease);
                    Err(failure)
                }
            },
            SessionState::Busy => Err(busy("another call is in flight on this connection; await it first")),
            SessionState::Streaming(stream) => {
                state.session = SessionState::Streaming(stream);
                Err(busy(
                    "a result of this connection has rows left; read it to its end, close it, or acquire a second connection",
                ))
            }
            SessionState::Closed(reason) => {
                state.session = SessionState::Closed(reason);
                Err(state.closed_error(reason))
            }
            SessionState::Cleaning => {
                state.session = SessionState::Cleaning;
                Ok(None)
            }
        }
    }

    /// Takes the session for the next rows of the open cursor.
    pub(super) fn check_out_stream(self: &Arc<Self>) -> Result<Checkout> {
        let mut state = self.state();
        match std::mem::replace(&mut state.session, SessionState::Busy) {
            SessionState::Streaming(stream) => Ok(Checkout::of_stream(self, stream)),
            SessionState::Closed(CloseReason::Unread) => {
                state.session = SessionState::Closed(CloseReason::Unread);
                let limit = self.rules.grant.limits.fetch_timeout.as_millis();
                let message = format!("the rows were not fetched for {limit} ms, and the connection is closed");
                let mut error = Error::timeout(Step::Fetch, message);
                error.transaction = state.transactions.state();
                Err(error)
            }
            SessionState::Closed(reason) => {
                state.session = SessionState::Closed(reason);
                Err(state.closed_error(reason))
            }
            other => {
                state.session = other;
                Err(busy("another fetch of this cursor is in flight"))
            }
        }
    }

    /// Lets go of the open cursor, in the background.
    pub(super) fn abandon_stream(self: &Arc<Self>) {
        if let Some(checkout) = self.take_stream(SessionState::Cleaning) {
            checkout.read_over_later();
        }
    }

    /// Lets go of the open cursor, and returns when its statement has come to its end, if that matters.
    pub(super) async fn close_stream(self: &Arc<Self>) -> Result<()> {
        let changes = match &self.state().session {
            SessionState::Streaming(stream) => stream.abandonment != Abandonment::Cut,
            _ => false,
        };
        if !changes {
            self.abandon_stream();
            return Ok(());
        }
        match self.take_stream(SessionState::Busy) {
            Some(checkout) => checkout.read_over().await,
            None => Ok(()),
        }
    }

    fn take_stream(self: &Arc<Self>, leaving: SessionState) -> Option<Checkout> {
        let mut state = self.state();
        match std::mem::replace(&mut state.session, leaving) {
            SessionState::Streaming(stream) => Some(Checkout::of_stream(self, stream)),
            other => {
                state.session = other;
                None
            }
        }
    }

    /// Closes for the guest where that needs no answer from the server; otherwise the session to roll back first.
    pub(super) async fn close(self: &Arc<Self>) -> Result<Option<Checkout>> {
        let changes =
            matches!(&self.state().session, SessionState::Streaming(stream) if stream.abandonment != Abandonment::Cut);
        if changes {
            self.close_stream().await?;
        }
        let stream = {
            let mut state = self.state();
            match std::mem::replace(&mut state.session, SessionState::Closed(CloseReason::ByGuest)) {
                SessionState::Closed(_) => return Ok(None),
                // Dropping it cuts the rows that are on their way.
                SessionState::Streaming(stream) => {
                    state.end_transactions(Ending::RolledBack);
                    Some(stream.lease)
                }
                other => {
                    state.session = other;
                    None
                }
            }
        };
        match stream {
            Some(lease) => {
                lease.discard(Discarded::Abandoned);
                Ok(None)
            }
            None => match self.check_out().await {
                // The host's cleaning found it broken.
                Err(_) if self.is_closed() => Ok(None),
                checkout => checkout.map(Some),
            },
        }
    }

    /// Rolls a transaction back that nobody will end any more: now if the session is free, else when it is back. One that is
    /// prepared stays so: its connection is closed, and the server keeps it until somebody decides.
    pub(super) fn end_later(self: &Arc<Self>, id: TransactionId) {
        let mut state = self.state();
        if !state.transactions.contains(id) {
            return;
        }
        if matches!(state.session, SessionState::Closed(_)) {
            // Its session went, and the server rolled back.
            state.answered(id, &Command::Nothing);
            return;
        }
        state.end_wanted.push(id);
        self.tidy(state);
    }

    /// Closes the session at once, wherever it is; a call in flight notices by itself.
    pub(super) fn terminate(&self) {
        let state = self.state();
        // A busy slot is closed by the call that has the session: it watches the engine's life.
        if matches!(state.session, SessionState::Ready(_) | SessionState::Streaming(_)) {
            SlotState::cut(state, CloseReason::Terminated, AbortReason::ConnectionLost);
        }
    }

    /// Starts the cleaning that is wanted, if the session is here for it.
    pub(super) fn tidy(self: &Arc<Self>, mut state: MutexGuard<'_, SlotState>) {
        // Of transactions begun inside each other most need nothing sent: a guest can drop any number of them at once.
        while let Some(&id) = state.end_wanted.last() {
            if !matches!(state.session, SessionState::Ready(_)) {
                return;
            }
            if state.transactions.is_prepared() {
                return self.leave_prepared(state);
            }
            state.end_wanted.pop();
            let command = match state.transactions.rollback(id) {
                Ok(Command::Nothing) => {
                    state.answered(id, &Command::Nothing);
                    continue;
                }
                // The server has ended it by itself, and the next transaction begins anew.
                Err(_) => continue,
                Ok(command) => command,
            };
            if let SessionState::Ready(lease) = std::mem::replace(&mut state.session, SessionState::Cleaning) {
                drop(state);
                Checkout::new(self, lease).end_later(id, command);
            }
            return;
        }
        // A guest that calls all the time is not seen at rest by the clock.
        if matches!(state.session, SessionState::Ready(_)) && state.named_locks_are_late(&self.rules, Instant::now()) {
            self.end_named_locks(state);
        }
    }

    /// A prepared transaction stays as it is; its connection is closed.
    fn leave_prepared(&self, mut state: MutexGuard<'_, SlotState>) {
        tracing::warn!(guest = &*self.rules.guest, "a prepared transaction was left to be decided later");
        state.end_wanted.clear();
        state.end_transactions(Ending::Prepared);
        let place = std::mem::replace(&mut state.session, SessionState::Closed(CloseReason::Prepared));
        drop(state);
        if let SessionState::Ready(lease) = place {
            lease.discard(Discarded::Prepared);
        }
        self.cleaned.notify_waiters();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if *self.reported.get_mut() {
            let (guest, database) = (&*self.rules.guest, &**self.rules.meters.database());
            tracing::warn!(
                guest,
                database,
                seconds = self.lent_at.elapsed().as_secs(),
                "a connection is returned at last"
            );
        }
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let SessionState::Ready(lease) =
            std::mem::replace(&mut state.session, SessionState::Closed(CloseReason::ByGuest))
        {
            lease.give_back();
        }
    }
}

impl SlotState {
    /// Closes the session, which no call has.
    pub(super) fn cut(mut state: MutexGuard<'_, SlotState>, closed: CloseReason, reason: AbortReason) {
        let place = std::mem::replace(&mut state.session, SessionState::Closed(closed));
        state.abort(reason);
        drop(state);
        match place {
            SessionState::Ready(lease) | SessionState::Streaming(Stream { lease, .. }) => lease.discard(closed.into()),
            SessionState::Busy | SessionState::Cleaning | SessionState::Closed(_) => {}
        }
    }

    /// What a call on a closed connection is told.
    fn closed_error(&self, reason: CloseReason) -> Error {
        if let Some(lost) = self.transactions.lost() {
            return lost;
        }
        reason.error()
    }
}

fn busy(message: &str) -> Error {
    Error::new(ErrorKind::Busy, message)
}
