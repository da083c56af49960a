//! A call takes the session out of the slot as a `Checkout`, and puts it back at its end. A dropped
//! checkout closes the connection, so cancellation, traps and timeouts need no code.

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
use crate::driver::{Prepared, Session, StatementLimit, Unprepared};
use crate::pool::Lease;
use crate::sql::StatementKind;
use crate::telemetry::Ending;
use crate::types::{
    AbortReason, Error, ErrorKind, Result, RetryAdvice, ServerClass, Step, TransactionState, Value,
    reports_unfit_server,
};

/// The session, taken out of its slot.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) lease: Box<Lease>,
    pub(super) slot: SlotGuard,
    /// The kind of the statement that this call executes.
    kind: StatementKind,
    sends: Sends,
    /// How the host abandons the result of the statement.
    pub(super) abandonment: Abandonment,
}

/// The kind of the next command of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    /// A command of the host, or a statement to prepare.
    Command,
    /// A command that reads the effects of the last statement, such as SHOW WARNINGS. No other
    /// command may precede it, so the settings stay unchanged.
    Question,
    /// A statement of the guest.
    Statement,
    /// A CALL of the guest. Its code may belong to another account, and then only the server can
    /// stop it.
    Call,
}

/// Runs `Checkout::run`, and repeats it on a new session if the session broke while it was idle.
/// Only for commands that have no effect without a response. A macro, because the compiler can't
/// prove that the future of a repeatable closure with captured references is `Send`.
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

    /// Takes the session. Waits only for the host's cleanup, which has its own deadline.
    pub(super) async fn take(slot: &Arc<Slot>) -> Result<Self> {
        loop {
            let cleaned = slot.cleaned.notified();
            if let Some(checkout) = Self::try_take(slot)? {
                return Ok(checkout);
            }
            cleaned.await;
        }
    }

    /// Takes the session. Waits for the host's cleanup for at most `limit`.
    pub(super) async fn take_within(slot: &Arc<Slot>, limit: Duration) -> Result<Self> {
        if let Some(checkout) = Self::try_take(slot)? {
            return Ok(checkout);
        }
        tokio::time::timeout(limit, Self::take(slot)).await.unwrap_or_else(|_| {
            let ms = limit.as_millis();
            let message = format!(
                "the host was still cleaning up the connection after an earlier call when the {ms} ms of this call ended"
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
                    Err(state.with_transaction_state(failure))
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

    /// Sends a command and waits for the response until the deadline, or until the deadline of the
    /// transaction if that is earlier. The caller must pass an error to `finish`.
    pub(super) async fn run<T>(
        &mut self,
        step: Step,
        deadline: Deadline,
        work: impl AsyncFnOnce(&mut Session) -> Result<T>,
    ) -> Result<T> {
        let rules = &self.slot.slot.rules;
        self.slot.slot.refuse_if_cancelled()?;
        let deadline = match step {
            Step::Execute | Step::Fetch => deadline.earlier(self.slot.slot.state().transaction_deadline(rules)),
            // Commands that end a transaction have their own timeout.
            _ => deadline,
        };
        let (limit, deadline) = match (step, self.sends) {
            // No command can be sent while rows arrive.
            (Step::Fetch, _) | (_, Sends::Question) => (StatementLimit::Unchanged, deadline),
            // Waits a little longer than the server's limit, so that the server's error arrives.
            (_, Sends::Call) => (StatementLimit::Exact(deadline.rest(SERVER_GRACE)), deadline.later_by(SERVER_GRACE)),
            _ => (StatementLimit::AtLeast(rules.grant.limits.statement_timeout), deadline),
        };
        let result = {
            let session = self.lease.begin()?;
            let work = pin!(async {
                session.apply_settings(&rules.settings, limit).await?;
                work(session).await
            });
            with_deadline(step, deadline, self.slot.slot.ends(), work).await
        };
        if !result.as_ref().is_err_and(closes_session) {
            self.lease.answered();
        }
        result.map_err(|error| self.with_possible_effects(self.with_suspected_server(error)))
    }

    /// Adds the possible later effects to the error of an abandoned statement. The end of the
    /// session rolls back a transaction, unless a procedure commits it.
    fn with_possible_effects(&self, mut error: Error) -> Error {
        if !matches!(error.kind, ErrorKind::Timeout(Step::Execute) | ErrorKind::ResourceClosed) {
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

    /// If the error may come from a server that became a replica or left its cluster, requests a
    /// health check of the server. If the database has other servers, also sets the advice to retry
    /// later.
    fn with_suspected_server(&self, mut error: Error) -> Error {
        if let ErrorKind::Server(server) = &error.kind
            && reports_unfit_server(server.code)
            && self.lease.suspect_server()
        {
            error.retry = RetryAdvice::Later;
        }
        error
    }

    /// Replaces the session if it broke while it was idle. Returns whether it was replaced.
    pub(super) async fn reconnect_if_stale(&mut self, error: &Error, deadline: Deadline) -> Result<bool> {
        if !self.lease.is_untested() || !is_gone(error) {
            return Ok(false);
        }
        tracing::debug!(guest = &*self.slot.rules().guest, %error, "a session broke while it was idle");
        let ends = self.slot.slot.ends();
        with_deadline(Step::Connect, deadline, ends, Box::pin(self.lease.renew()).as_mut()).await?;
        Ok(true)
    }

    /// Returns the cached statement of this text that accepts these parameters.
    pub(super) fn cached(&mut self, sql: &str, params: &[Value]) -> Result<Option<Prepared>> {
        Ok(self.lease.session()?.prepared(sql, params))
    }

    /// Sets the kind of the statement that the call executes. If an error ended the transaction,
    /// the kind determines the abort reason.
    pub(super) fn set_kind(&mut self, kind: StatementKind) {
        self.kind = kind;
    }

    /// Sets the statement that the next command executes.
    pub(super) fn set_statement(&mut self, prepared: &Prepared) {
        self.kind = prepared.kind;
        self.sends = if prepared.calls() { Sends::Call } else { Sends::Statement };
    }

    /// Sets the statement that the next command executes without a prepare.
    pub(super) fn set_unprepared(&mut self, statement: &Unprepared) {
        (self.kind, self.sends) = (statement.kind, Sends::Statement);
    }

    /// Declares that the next command reads the effects of the last statement.
    pub(super) fn set_question(&mut self) {
        self.sends = Sends::Question;
    }

    pub(super) fn kind(&self) -> StatementKind {
        self.kind
    }

    /// Returns whether a statement of the guest was sent.
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

    /// If a transaction is open, checks with a ping whether it is still open at the server. Returns
    /// `false` if the server did not answer.
    ///
    /// An error packet does not contain the transaction state. Some errors end the transaction: a
    /// deadlock, or a schema change that committed before it failed. Without this check, later
    /// statements would run in autocommit.
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

    /// Ends a call: puts the session back, or closes it if the error requires that.
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

    /// Puts the session back into the slot.
    pub(super) fn put_back(self) {
        self.leave(SessionState::Ready);
    }

    /// Puts the session back for the cursor that reads the remaining rows.
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
            state.set_closed(CloseReason::Terminated);
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
