//! The session, taken out of its slot for one call. A checkout that is dropped closes the
//! connection, so cancellation, traps and timeouts need no code.

use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::MutexGuard;
use tokio::time::Instant;

use super::abandonment::Abandonment;
use super::cleanup;
use super::close_reason::{CloseReason, closes_session, is_gone};
use super::deadline::{Deadline, EngineState, SERVER_GRACE, with_deadline};
use super::limits::CLEANUP_TIMEOUT;
use super::rules::Rules;
use super::slot::Slot;
use super::slot_state::{SessionState, SlotState, Stream};
use crate::driver::{Prepared, Session, StatementLimit};
use crate::pool::Lease;
use crate::sql::StatementKind;
use crate::telemetry::Ending;
use crate::types::{
    AbortReason, Error, ErrorKind, Result, RetryAdvice, ServerClass, Step, TransactionState, reports_unfit_server,
};

/// The session, taken out of its slot.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) lease: Box<Lease>,
    pub(super) slot: SlotGuard,
    /// The kind of the statement that this call is for.
    kind: StatementKind,
    sends: Sends,
    /// How the result of that statement is abandoned.
    pub(super) abandonment: Abandonment,
}

/// The kind of the next command of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    /// A command of the host, or a statement to prepare.
    Command,
    /// A command that must find the session as the last statement left it.
    Question,
    /// A statement of the guest.
    Statement,
    /// A statement of the guest that runs stored code. The code may belong to another account, and
    /// then only the server can stop it.
    Call,
}

/// Like `Checkout::run`, for work that has no effect unless it is answered: sends it again on a new
/// session if the session died while it was idle. A macro, because the compiler does not prove that
/// the future of a repeatable closure which captures references is `Send`.
macro_rules! run_or_reconnect {
    ($checkout:expr, $step:expr, $deadline:expr, $work:expr) => {
        loop {
            match $checkout.run($step, $deadline, $work).await {
                Err(error) => match $checkout.reconnect_if_stale(&error, $deadline).await {
                    Ok(true) => {}
                    Ok(false) => break Err(error),
                    Err(error) => break Err(error),
                },
                answer => break answer,
            }
        }
    };
}

pub(super) use run_or_reconnect;

/// Closes the connection when it is dropped, unless the session was put back.
#[derive(Debug)]
pub(super) struct SlotGuard {
    slot: Arc<Slot>,
    put_back: bool,
}

impl Checkout {
    pub(super) fn new(slot: &Arc<Slot>, lease: Box<Lease>) -> Self {
        let stream = Stream { lease, kind: StatementKind::READ, abandonment: Abandonment::Cut };
        Self { sends: Sends::Command, ..Self::of_stream(slot, stream) }
    }

    /// Continues a statement with an open result.
    pub(super) fn of_stream(slot: &Arc<Slot>, Stream { lease, kind, abandonment }: Stream) -> Self {
        let slot = SlotGuard { slot: Arc::clone(slot), put_back: false };
        Self { lease, slot, kind, sends: Sends::Statement, abandonment }
    }

    /// Takes the session. Waits only for the host's own cleanup, which has a deadline.
    pub(super) async fn take(slot: &Arc<Slot>) -> Result<Self> {
        loop {
            let cleaned = slot.cleaned.notified();
            if let Some(checkout) = Self::try_take(slot)? {
                return Ok(checkout);
            }
            cleaned.await;
        }
    }

    /// Takes the session. Waits for the host's own cleanup for at most the time of the call.
    pub(super) async fn take_within(slot: &Arc<Slot>, limit: Duration) -> Result<Self> {
        if let Some(checkout) = Self::try_take(slot)? {
            return Ok(checkout);
        }
        tokio::time::timeout(limit, Self::take(slot)).await.unwrap_or_else(|_| {
            let ms = limit.as_millis();
            let message = format!(
                "the connection was still cleaning up after an earlier call when the {ms} ms of this call ended"
            );
            Err(Error::timeout(Step::Execute, message))
        })
    }

    /// Takes the session; `None` while the host cleans up.
    fn try_take(slot: &Arc<Slot>) -> Result<Option<Self>> {
        let mut state = slot.state();
        match mem::replace(&mut state.session, SessionState::Busy) {
            SessionState::Ready(lease) => match state.failure.take() {
                None => Ok(Some(Self::new(slot, lease))),
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
    pub(super) fn take_stream(slot: &Arc<Slot>) -> Result<Self> {
        let mut state = slot.state();
        match mem::replace(&mut state.session, SessionState::Busy) {
            SessionState::Streaming(stream) => Ok(Self::of_stream(slot, stream)),
            SessionState::Closed(reason) => {
                state.session = SessionState::Closed(reason);
                if reason != CloseReason::Unread {
                    return Err(state.closed_error(reason));
                }
                let ms = slot.rules.grant.limits.fetch_timeout.as_millis();
                Err(Error::timeout(Step::Fetch, format!("no rows were fetched for {ms} ms; the connection is closed")))
            }
            other => {
                state.session = other;
                Err(busy("another fetch of this cursor is in flight"))
            }
        }
    }

    /// Sends something and waits for its answer, at most until the deadline or, if that is earlier,
    /// the transaction's. The caller passes an error to `finish`.
    pub(super) async fn run<T>(
        &mut self,
        step: Step,
        deadline: Deadline,
        work: impl AsyncFnOnce(&mut Session) -> Result<T>,
    ) -> Result<T> {
        let rules = &self.slot.slot.rules;
        let deadline = match step {
            Step::Execute | Step::Fetch => deadline.earlier(self.slot.slot.state().transaction_deadline(rules)),
            // Commands that end a transaction have their own timeout.
            _ => deadline,
        };
        let (limit, deadline) = match (step, self.sends) {
            // Nothing else can be sent while rows arrive.
            (Step::Fetch, _) | (_, Sends::Question) => (StatementLimit::Unchanged, deadline),
            // The error of the server says more than a missing answer.
            (_, Sends::Call) => (StatementLimit::Exact(deadline.rest(SERVER_GRACE)), deadline.later_by(SERVER_GRACE)),
            _ => (StatementLimit::AtLeast(rules.grant.limits.statement_timeout), deadline),
        };
        let result = {
            let session = self.lease.begin()?;
            let work = pin!(async {
                session.apply_settings(rules.settings, limit).await?;
                work(session).await
            });
            with_deadline(step, deadline, &rules.engine_state, work).await
        };
        if !result.as_ref().is_err_and(closes_session) {
            self.lease.answered();
        }
        result.map_err(|error| self.with_possible_effects(self.with_suspected_server(error)))
    }

    /// Adds to the error of an abandoned statement which effects it may still have. The end of the
    /// session rolls back a transaction, unless a procedure commits it.
    fn with_possible_effects(&self, mut error: Error) -> Error {
        if error.kind != ErrorKind::Timeout(Step::Execute) {
            return error;
        }
        let in_transaction = self.slot.state().transactions.is_open();
        let effects = match self.sends {
            Sends::Command | Sends::Question => return error,
            Sends::Call => "the code that it calls may still run, and its changes may be kept",
            Sends::Statement if in_transaction || self.slot.rules().settings.read_only => return error,
            Sends::Statement if self.kind == StatementKind::READ => {
                "functions that it calls may still run, and their changes may be kept"
            }
            Sends::Statement => "the statement may still run, and its changes may be kept",
        };
        error.message.push_str("; ");
        error.message.push_str(effects);
        error
    }

    /// If the error may come from a server that became a replica or lost its cluster, and there are
    /// other servers: requests a health check of that server, and advises to retry later.
    fn with_suspected_server(&self, mut error: Error) -> Error {
        if let ErrorKind::Server(server) = &error.kind
            && reports_unfit_server(server.code)
            && self.lease.suspect_server()
        {
            error.retry = RetryAdvice::Later;
        }
        error
    }

    /// Replaces a session that died while it was idle. Returns whether it did.
    pub(super) async fn reconnect_if_stale(&mut self, error: &Error, deadline: Deadline) -> Result<bool> {
        if !self.lease.is_untested() || !is_gone(error) {
            return Ok(false);
        }
        tracing::debug!(guest = &*self.slot.rules().guest, %error, "a session died while it was idle");
        let engine_state = &self.slot.slot.rules.engine_state;
        with_deadline(Step::Connect, deadline, engine_state, Box::pin(self.lease.renew()).as_mut()).await?;
        Ok(true)
    }

    /// Returns the statement if the session has prepared it.
    pub(super) fn cached(&mut self, sql: &str) -> Result<Option<Prepared>> {
        Ok(self.lease.session()?.prepared(sql))
    }

    /// Sets the kind of the statement that the call is for. After an error the kind decides what
    /// became of the transaction.
    pub(super) fn set_kind(&mut self, kind: StatementKind) {
        self.kind = kind;
    }

    /// Sets the statement that the next command executes.
    pub(super) fn set_statement(&mut self, prepared: &Prepared) {
        self.kind = prepared.kind;
        self.sends = if prepared.calls() { Sends::Call } else { Sends::Statement };
    }

    /// Declares that the next command must find the session as the last statement left it.
    pub(super) fn set_question(&mut self) {
        self.sends = Sends::Question;
    }

    pub(super) fn kind(&self) -> StatementKind {
        self.kind
    }

    /// Whether a statement of the guest was sent.
    pub(super) fn has_executed(&self) -> bool {
        matches!(self.sends, Sends::Statement | Sends::Call)
    }

    /// Compares the transaction's state with the server's status flags, and returns the number of
    /// warnings. Valid only right after a statement whose result was read.
    pub(super) fn sync_transaction(&mut self) -> Result<u16> {
        let session = self.lease.session()?;
        let (in_transaction, warnings) = (session.in_transaction(), session.warning_count());
        let mut state = self.slot.state();
        if !in_transaction {
            state.abort(match self.kind {
                // A procedure can commit as well as roll back.
                StatementKind::READ | StatementKind::DML => AbortReason::Other,
                _ => AbortReason::ImplicitCommit,
            });
        }
        state.warnings = warnings;
        if in_transaction && state.transactions.state() == TransactionState::None {
            return Err(Error::new(
                ErrorKind::BegunByStatement,
                "the statement left a transaction open; it was rolled back and the connection closed. Use `begin`",
            ));
        }
        Ok(warnings)
    }

    /// Asks the server whether the transaction is still open. An error packet does not contain
    /// that, and some errors end the transaction: a deadlock, or a schema change that committed
    /// before it failed. Later statements would otherwise run in autocommit. Returns false if the
    /// server did not answer.
    pub(super) async fn check_transaction(&mut self, class: ServerClass) -> bool {
        if !self.slot.state().transactions.is_open() {
            return true;
        }
        self.set_question();
        let deadline = Deadline::after(CLEANUP_TIMEOUT);
        if self.run(Step::Execute, deadline, async |session| session.ping().await).await.is_err() {
            return false;
        }
        let Ok(session) = self.lease.session() else { return false };
        if !session.in_transaction() {
            self.slot.state().abort(match class {
                ServerClass::Deadlock => AbortReason::Deadlock,
                _ if self.kind > StatementKind::DML => AbortReason::ImplicitCommit,
                // `innodb_rollback_on_timeout` is on.
                ServerClass::LockTimeout => AbortReason::Timeout,
                _ => AbortReason::Other,
            });
        }
        true
    }

    /// Ends a call: puts the session back, or closes it after an error that it does not survive.
    pub(super) async fn finish<T>(self, result: Result<T>) -> Result<T> {
        match result {
            Ok(value) => {
                self.put_back();
                Ok(value)
            }
            Err(error) => Err(self.fail(error).await),
        }
    }

    /// Ends a failed call.
    pub(super) async fn fail(mut self, error: Error) -> Error {
        if closes_session(&error) {
            return self.cut(error);
        }
        let class = match &error.kind {
            ErrorKind::Server(server) => Some(server.class),
            ErrorKind::ServerTimeout => Some(ServerClass::Interrupted),
            _ => None,
        };
        if let Some(class) = class
            && !self.check_transaction(class).await
        {
            return self.cut(error);
        }
        let mut state = self.slot.state();
        let error = state.with_transaction_state(error);
        // The server lists the error among the warnings.
        state.warnings = state.warnings.max(1);
        drop(state);
        self.put_back();
        error
    }

    /// Ends a failed call and closes its session.
    pub(super) fn cut(self, error: Error) -> Error {
        let reason = CloseReason::of_error(&error);
        self.close_because(reason, error)
    }

    /// Ends a failed call and closes its session for the given reason.
    pub(super) fn close_because(self, reason: CloseReason, error: Error) -> Error {
        let Checkout { lease, mut slot, .. } = self;
        slot.close(reason);
        lease.discard(reason.into());
        slot.state().with_transaction_state(error)
    }

    /// Closes the connection for the guest, and releases the session to the pool.
    pub(super) fn release(self) {
        let Checkout { lease, mut slot, .. } = self;
        slot.state().end_transactions(Ending::RolledBack);
        slot.close(CloseReason::ByGuest);
        lease.release();
    }

    pub(super) fn put_back(self) {
        self.leave(SessionState::Ready);
    }

    /// Leaves the session to the cursor that reads the remaining rows.
    pub(super) fn park(mut self, abandonment: Abandonment) {
        self.lease.unfinished();
        let kind = self.kind;
        self.leave(|lease| SessionState::Streaming(Stream { lease, kind, abandonment }));
    }

    fn leave(self, session: impl FnOnce(Box<Lease>) -> SessionState) {
        let Checkout { lease, slot: mut guard, .. } = self;
        guard.put_back = true;
        let slot = Arc::clone(&guard.slot);
        let mut state = slot.state();
        if *slot.rules.engine_state.borrow() == EngineState::Terminated {
            state.session = SessionState::Closed(CloseReason::Terminated);
            drop(state);
            lease.discard(CloseReason::Terminated.into());
        } else {
            state.session = session(lease);
            state.since = Instant::now();
            cleanup::resume(&slot, state);
        }
        slot.cleaned.notify_waiters();
    }
}

impl SlotGuard {
    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.slot.state()
    }

    pub(super) fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    pub(super) fn rules(&self) -> &Arc<Rules> {
        &self.slot.rules
    }

    fn close(&mut self, reason: CloseReason) {
        self.put_back = true;
        self.slot.state().set_closed(reason);
        self.slot.cleaned.notify_waiters();
    }
}

impl Drop for SlotGuard {
    fn drop(&mut self) {
        if !self.put_back {
            self.close(CloseReason::Cancelled);
        }
    }
}

fn busy(message: &str) -> Error {
    Error::new(ErrorKind::Busy, message)
}
