//! The state of one connection: where its session is, and its transactions.

use std::mem;
use std::time::Duration;

use parking_lot::MutexGuard;
use tokio::time::Instant;
use tracing::Span;

use super::abandonment::Abandonment;
use super::close_reason::CloseReason;
use super::deadline::Deadline;
use super::limits::LEFT_OPEN;
use super::rules::Rules;
use super::transaction::command::Command;
use super::transaction::states::{Kind, TransactionId, Transactions};
use crate::pool::Lease;
use crate::sql::StatementKind;
use crate::telemetry::{Ending, Transaction};
use crate::types::{AbortReason, Error, ErrorKind, TransactionState};

/// The mutable part of a slot.
#[derive(Debug)]
pub(super) struct SlotState {
    pub(super) session: SessionState,
    pub(super) transactions: Transactions,
    /// Metrics and span of the outermost transaction while it is open.
    meter: Option<Transaction>,
    /// When the outermost transaction began. Meaningless while none is open.
    transaction_since: Instant,
    /// When `session` last changed, except by a call that took the session.
    pub(super) since: Instant,
    /// Transactions that the guest dropped, innermost last. They are rolled back once the session
    /// is ready.
    pub(super) dropped: Vec<TransactionId>,
    /// The error of a statement whose result was dropped. The next call returns it.
    pub(super) failure: Option<Error>,
    /// Warnings of the last statement.
    pub(super) warnings: u16,
}

/// The state of the session in its slot.
#[derive(Debug)]
pub(super) enum SessionState {
    /// The session is free.
    Ready(Box<Lease>),
    /// A cursor is open. Only its calls may read the session.
    Streaming(Stream),
    /// A call has the session.
    Busy,
    /// The host cleans up in the background. Calls wait for its end.
    Cleaning,
    /// The session is closed.
    Closed(CloseReason),
}

/// A session with an open result.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) lease: Box<Lease>,
    /// The kind of the statement that returned the result.
    pub(super) kind: StatementKind,
    pub(super) abandonment: Abandonment,
}

impl SlotState {
    pub(super) fn new(lease: Lease) -> Self {
        let now = Instant::now();
        Self {
            session: SessionState::Ready(Box::new(lease)),
            transactions: Transactions::default(),
            meter: None,
            transaction_since: now,
            since: now,
            dropped: Vec::new(),
            failure: None,
            warnings: 0,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.session, SessionState::Closed(_))
    }

    /// Sets the transaction state of an error. This is the only place that derives it.
    pub(super) fn with_transaction_state(&self, error: Error) -> Error {
        let state = match error.kind {
            ErrorKind::CommitUnknown | ErrorKind::TransactionAborted(AbortReason::Other) => TransactionState::Unknown,
            ErrorKind::BegunByStatement => TransactionState::RolledBack,
            _ => self.transactions.state(),
        };
        error.in_transaction(state)
    }

    /// Returns the error of a call on a closed connection.
    pub(super) fn closed_error(&self, reason: CloseReason) -> Error {
        self.with_transaction_state(self.transactions.lost().unwrap_or_else(|| reason.error()))
    }

    /// Records that the connection is closed, and aborts its transaction.
    pub(super) fn set_closed(&mut self, reason: CloseReason) {
        if !self.is_closed() {
            self.session = SessionState::Closed(reason);
        }
        if reason == CloseReason::Cancelled {
            // The cancelled call ended the transaction, not the connection.
            self.end_meter(Ending::Cancelled);
        }
        if let Some(reason) = reason.abort_reason() {
            self.abort(reason);
        }
    }

    /// Closes the session. If a call has the session, the end of that call closes it.
    pub(super) fn cut(mut state: MutexGuard<'_, Self>, reason: CloseReason) {
        let session = mem::replace(&mut state.session, SessionState::Closed(reason));
        state.set_closed(reason);
        drop(state);
        match session {
            SessionState::Ready(lease) | SessionState::Streaming(Stream { lease, .. }) => lease.discard(reason.into()),
            SessionState::Busy | SessionState::Cleaning | SessionState::Closed(_) => {}
        }
    }

    /// Records a transaction that was begun. `parent` is the span of an outermost transaction.
    pub(super) fn begun(&mut self, kind: Kind, rules: &Rules, parent: &Span) -> TransactionId {
        if !self.transactions.is_open() {
            self.transaction_since = Instant::now();
            self.meter = Some(Transaction::begin(&rules.meters, parent));
        }
        self.transactions.begun(kind)
    }

    /// Records that the server executed the command of a commit, rollback, close or prepare.
    pub(super) fn answered(&mut self, id: TransactionId, command: &Command) {
        self.transactions.answered(id, command);
        self.end_meter_unless_open(if command.commits() { Ending::Committed } else { Ending::RolledBack });
    }

    /// Aborts the whole transaction.
    pub(super) fn abort(&mut self, reason: AbortReason) {
        self.transactions.abort(reason);
        self.end_meter_unless_open(Ending::Aborted(reason));
    }

    /// Records that no transaction is open any more.
    pub(super) fn end_transactions(&mut self, ending: Ending) {
        self.transactions.ended();
        self.end_meter_unless_open(ending);
    }

    fn end_meter_unless_open(&mut self, ending: Ending) {
        if !self.transactions.is_open() {
            self.end_meter(ending);
        }
    }

    /// Counts the end of the outermost transaction, unless it was counted before.
    pub(super) fn end_meter(&mut self, ending: Ending) {
        if let Some(meter) = self.meter.take() {
            meter.end(ending);
        }
    }

    /// Returns the span of the open transaction, or none.
    pub(super) fn span(&self) -> Span {
        self.meter.as_ref().map_or_else(Span::none, |meter| meter.span().clone())
    }

    /// Returns the deadline of the open transaction.
    pub(super) fn transaction_deadline(&self, rules: &Rules) -> Option<Deadline> {
        let limit = rules.grant.limits.transaction_timeout;
        self.transactions.is_open().then(|| Deadline::of_transaction(self.transaction_since, limit))
    }

    /// Returns the reason for which the watchdog must close this connection, if any.
    pub(super) fn overdue(&self, rules: &Rules, now: Instant) -> Option<CloseReason> {
        let limits = &rules.grant.limits;
        let unused = now.saturating_duration_since(self.since);
        let is_late = self.transaction_deadline(rules).is_some_and(|deadline| deadline.has_passed(now));
        // A prepared transaction keeps its locks even without a session.
        let is_open = self.transactions.is_open() && !self.transactions.is_prepared();
        match &self.session {
            SessionState::Ready(_) if is_open && is_late => Some(CloseReason::TimedOut),
            SessionState::Ready(_) if is_open && unused > limits.idle_transaction_timeout => Some(CloseReason::Idle),
            SessionState::Streaming(_) if is_late => Some(CloseReason::TimedOut),
            SessionState::Streaming(_) if unused > limits.fetch_timeout => Some(CloseReason::Unread),
            _ => None,
        }
    }

    /// Returns whether the connection was neither closed nor used for a while after its request
    /// ended.
    pub(super) fn is_left_open(&self, ended_at: Instant, now: Instant) -> bool {
        let unused = now.saturating_duration_since(self.since.max(ended_at));
        matches!(self.session, SessionState::Ready(_) | SessionState::Streaming(_)) && unused > LEFT_OPEN
    }

    /// Returns whether the session may have held named locks for too long. `false` while a call has
    /// the session.
    pub(super) fn named_locks_are_overdue(&self, rules: &Rules, now: Instant) -> bool {
        let limits = &rules.grant.limits;
        let exceeds = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        let (lease, is_idle) = match &self.session {
            SessionState::Ready(lease) => (lease, exceeds(self.since, limits.idle_transaction_timeout)),
            SessionState::Streaming(stream) => (&stream.lease, false),
            SessionState::Busy | SessionState::Cleaning | SessionState::Closed(_) => return false,
        };
        let Some(since) = lease.locks_since() else { return false };
        is_idle || exceeds(Instant::from_std(since), limits.transaction_timeout)
    }

    /// Describes the use of the connection for the log.
    pub(super) fn activity(&self) -> &'static str {
        match &self.session {
            SessionState::Ready(_) if self.transactions.is_open() => "idle in a transaction",
            SessionState::Ready(_) => "idle",
            SessionState::Streaming(_) => "reading a result",
            SessionState::Busy => "in a call",
            SessionState::Cleaning => "cleaning up",
            SessionState::Closed(_) => "closed",
        }
    }
}
