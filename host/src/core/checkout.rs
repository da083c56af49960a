//! The session, taken out of its slot for one call. What a call sends goes through `run`; how it ends decides where the session goes.

use std::pin::pin;
use std::sync::{Arc, MutexGuard};

use tokio::time::Instant;

use super::abandonment::Abandonment;
use super::close_reason::CloseReason;
use super::deadline::{Deadline, EngineState, SERVER_GRACE, with_deadline};
use super::limits::CLEANUP_TIMEOUT;
use super::slot::{Rules, SessionState, Slot, SlotState, Stream};
use super::transaction::{Command, TransactionId};
use super::verdict::{ends, is_gone, is_of_rows};
use crate::driver::{Prepared, Session, StatementLimit};
use crate::pool::Lease;
use crate::sql::StatementKind;
use crate::telemetry::Ending;
use crate::types::{
    AbortReason, Error, ErrorKind, Result, RetryAdvice, ServerClass, Step, TransactionState, is_of_another_server,
};

/// The session, taken out of its slot.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) lease: Box<Lease>,
    pub(super) slot: SlotGuard,
    /// Of the statement that it is for.
    kind: StatementKind,
    sends: Sends,
    /// Of that statement's result.
    abandonment: Abandonment,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sends {
    /// What the host sends by itself, and statements to prepare.
    Command,
    /// What must find the session as the last statement left it.
    Question,
    /// A guest's statement.
    Statement,
    /// A guest's statement that runs code, which may be another account's: only the server can stop that.
    Call,
}

/// Closes the slot, unless the session is put back.
#[derive(Debug)]
pub(super) struct SlotGuard {
    slot: Arc<Slot>,
    put_back: bool,
}

impl Checkout {
    pub(super) fn new(slot: &Arc<Slot>, lease: Box<Lease>) -> Checkout {
        Self::of_stream(slot, Stream { lease, kind: StatementKind::Read, abandonment: Abandonment::Cut })
    }

    /// For more of what a statement returns.
    pub(super) fn of_stream(slot: &Arc<Slot>, Stream { lease, kind, abandonment }: Stream) -> Checkout {
        Checkout {
            lease,
            slot: SlotGuard { slot: Arc::clone(slot), put_back: false },
            kind,
            sends: Sends::Command,
            abandonment,
        }
    }

    /// Sends something and waits for its answer, at most until the deadline, or the transaction's if that is earlier. Pass an error to
    /// `fail`.
    pub(super) async fn run<T>(
        &mut self,
        step: Step,
        deadline: Deadline,
        work: impl AsyncFnOnce(&mut Session) -> Result<T>,
    ) -> Result<T> {
        let rules = &self.slot.slot.rules;
        let deadline = match step {
            Step::Execute | Step::Fetch => deadline.earlier(self.slot.slot.state().transaction_deadline(rules)),
            // What ends a transaction has its own time for that.
            _ => deadline,
        };
        let (limit, deadline) = match (step, self.sends) {
            // Its rows are on their way, and nothing else can be sent.
            (Step::Fetch, _) | (_, Sends::Question) => (StatementLimit::Kept, deadline),
            // The server's answer says more than that there was none.
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
        if !result.as_ref().is_err_and(ends) {
            self.lease.answered();
        }
        result.map_err(|error| self.with_what_may_follow(self.doubted(error)))
    }

    /// Where a statement was given up that the server may not have stopped in time, or at all: says what may still come of it. The end
    /// of its session undoes what it did in a transaction, unless a procedure commits.
    fn with_what_may_follow(&self, mut error: Error) -> Error {
        if error.kind != ErrorKind::Timeout(Step::Execute) {
            return error;
        }
        let in_transaction = self.slot.state().transactions.is_open();
        let follows = match self.sends {
            Sends::Command | Sends::Question => return error,
            Sends::Call => "what it calls may still run, and what that changes may stay",
            Sends::Statement if in_transaction || self.slot.rules().settings.read_only => return error,
            Sends::Statement if self.kind == StatementKind::Read => {
                "functions that it calls may still run, and what they change may stay"
            }
            Sends::Statement => "it may still run, and what it changes may stay",
        };
        error.message.push_str("; ");
        error.message.push_str(follows);
        error
    }

    /// Where the error may tell of a server that was made a replica, or has lost its cluster, and there are others: sees to it that
    /// none of its sessions is lent unasked. A new connection is likely to help then.
    fn doubted(&self, mut error: Error) -> Error {
        if let ErrorKind::Server(server) = &error.kind
            && is_of_another_server(server.code)
            && self.lease.suspect_server()
        {
            error.retry = RetryAdvice::Later;
        }
        error
    }

    /// After what has no effect unless it is answered: whether to send it again. A session can have died while it waited for its
    /// borrower; what is sent first finds that out, and then there is a new one in its place.
    pub(super) async fn reconnect_if_stale(&mut self, error: &Error, deadline: Deadline) -> Result<bool> {
        if !self.lease.is_untried() || !is_gone(error) {
            return Ok(false);
        }
        tracing::debug!(guest = &*self.slot.rules().guest, %error, "a session had died while it was idle");
        let state = &self.slot.slot.rules.engine_state;
        with_deadline(Step::Connect, deadline, state, Box::pin(self.lease.renew()).as_mut()).await?;
        Ok(true)
    }

    /// A statement that the session has prepared already.
    pub(super) fn cached(&mut self, sql: &str) -> Result<Option<Prepared>> {
        Ok(self.lease.session()?.prepared(sql))
    }

    /// Says what kind of statement it is for. After an error the kind tells what can have become of the transaction.
    pub(super) fn set_kind(&mut self, kind: StatementKind) {
        self.kind = kind;
    }

    /// Says which statement is executed from now on.
    pub(super) fn set_statement(&mut self, prepared: &Prepared) {
        self.kind = prepared.kind;
        self.sends = if prepared.calls() { Sends::Call } else { Sends::Statement };
    }

    /// Says that it only asks for what the last statement left.
    pub(super) fn only_asks(&mut self) {
        self.sends = Sends::Question;
    }

    pub(super) fn kind(&self) -> StatementKind {
        self.kind
    }

    /// Compares the transaction's state with what the server says, and returns how many warnings it has; only right after a
    /// statement whose result is read.
    pub(super) fn sync_transaction(&mut self) -> Result<u16> {
        let session = self.lease.session()?;
        let (in_transaction, warnings) = (session.in_transaction(), session.warning_count());
        let mut state = self.slot.state();
        if !in_transaction {
            let reason = match self.kind {
                // A procedure can commit as well as roll back.
                StatementKind::Read | StatementKind::Dml => AbortReason::Other,
                _ => AbortReason::ImplicitCommit,
            };
            state.abort(reason);
        }
        state.warnings = warnings;
        if in_transaction && state.transactions.state() == TransactionState::None {
            // What followed would be neither committed by itself nor part of a transaction that anybody commits.
            return Err(Error::new(
                ErrorKind::BegunByStatement,
                "the statement has left a transaction open, as a procedure can; it is rolled back, and the connection closed: \
                 transactions are begun by begin",
            ));
        }
        Ok(warnings)
    }

    /// An error does not say whether the transaction is still open, and some end it: a deadlock, a schema change that had committed
    /// before it failed. So the server is asked; what followed would otherwise run in autocommit, and stay. False where it can't be
    /// asked.
    async fn ask_after(&mut self, class: ServerClass) -> bool {
        if !self.slot.state().transactions.is_open() {
            return true;
        }
        self.sends = Sends::Question;
        if self
            .run(Step::Execute, Deadline::after(CLEANUP_TIMEOUT), async |session| session.ping().await)
            .await
            .is_err()
        {
            return false;
        }
        let Ok(session) = self.lease.session() else { return false };
        if !session.in_transaction() {
            self.slot.state().abort(match class {
                ServerClass::Deadlock => AbortReason::Deadlock,
                _ if self.kind > StatementKind::Dml => AbortReason::ImplicitCommit,
                // The server is configured to roll back after it.
                ServerClass::LockTimeout => AbortReason::Timeout,
                _ => AbortReason::Other,
            });
        }
        true
    }

    pub(super) fn put_back(self) {
        self.leave(SessionState::Ready);
    }

    /// Ends a failed call: puts the session back where it is sound, else closes it; and tells what became of the transaction.
    pub(super) async fn fail(self, error: Error) -> Error {
        self.end_failed(error, false).await
    }

    async fn end_failed(mut self, mut error: Error, in_background: bool) -> Error {
        if ends(&error) {
            return self.cut(error);
        }
        let class = match &error.kind {
            ErrorKind::Server(server) => Some(server.class),
            ErrorKind::ServerTimeout => Some(ServerClass::Interrupted),
            _ => None,
        };
        if let Some(class) = class
            && !self.ask_after(class).await
        {
            return self.cut(error);
        }
        let mut state = self.slot.state();
        error.transaction = state.transactions.state();
        // The server lists the error among the warnings.
        state.warnings = state.warnings.max(1);
        if in_background && self.abandonment != Abandonment::Cut {
            state.failure = Some(error.clone().context("of a statement whose result was dropped before its end"));
        }
        drop(state);
        self.put_back();
        error
    }

    /// Ends a failed call and closes the session, which is in doubt; and tells what became of the transaction.
    pub(super) fn cut(self, error: Error) -> Error {
        let closed = match error.kind {
            ErrorKind::Timeout(_) => CloseReason::TimedOut,
            ErrorKind::PoolClosed => CloseReason::Terminated,
            _ => CloseReason::Lost,
        };
        self.close_for(closed, error)
    }

    fn close_for(self, closed: CloseReason, mut error: Error) -> Error {
        let Checkout { lease, mut slot, .. } = self;
        let (had_transaction, was_prepared) = {
            let transactions = &slot.state().transactions;
            (transactions.state() != TransactionState::None, transactions.is_prepared())
        };
        slot.close(closed);
        lease.discard(closed.into());
        error.transaction = match (&error.kind, had_transaction) {
            (ErrorKind::CommitUnknown, _) => TransactionState::Unknown,
            (ErrorKind::BegunByStatement, _) => TransactionState::RolledBack,
            _ if was_prepared => TransactionState::Unknown,
            (_, true) => TransactionState::RolledBack,
            (_, false) => TransactionState::None,
        };
        error
    }

    /// Gives the session back for good.
    pub(super) fn close(self) {
        let Checkout { lease, mut slot, .. } = self;
        slot.state().end_transactions(Ending::RolledBack);
        slot.close(CloseReason::ByGuest);
        lease.give_back();
    }

    /// Leaves the session to the cursor that reads the rows still to come.
    pub(super) fn park(mut self, abandonment: Abandonment) {
        self.lease.unfinished();
        let kind = self.kind;
        self.leave(|lease| SessionState::Streaming(Stream { lease, kind, abandonment }));
    }

    /// Reads what a dropped cursor left, in the background; calls wait meanwhile.
    pub(super) fn read_over_later(self) {
        let runtime = self.lease.runtime().clone();
        runtime.spawn(async move {
            let guest = Arc::clone(&self.slot.rules().guest);
            if let Err(error) = self.read_over_as(true).await {
                tracing::warn!(guest = &*guest, %error, "a statement failed whose result was dropped before its end");
            }
        });
    }

    /// Reads what is left of a result that nobody wants, and puts the session back. A result that may be cut is, where reading takes
    /// long; that is no error.
    pub(super) async fn read_over(self) -> Result<()> {
        self.read_over_as(false).await
    }

    async fn read_over_as(mut self, in_background: bool) -> Result<()> {
        let timeout = self.abandonment.timeout();
        let read = self.read_rest().await;
        match (read.and_then(|()| self.sync_transaction()), self.abandonment) {
            (Ok(_), _) => {
                self.put_back();
                Ok(())
            }
            (Err(error), Abandonment::Cut) if ends(&error) => {
                self.close_for(CloseReason::Abandoned, error);
                Ok(())
            }
            (Err(error), Abandonment::ReadOver(_)) if matches!(error.kind, ErrorKind::Timeout(_)) => {
                let message = format!(
                    "a statement that may change something did not come to its end within {} ms after its result was given up; its \
                     connection is closed, and whether its changes are kept is unknown",
                    timeout.as_millis()
                );
                Err(self.close_for(CloseReason::Unfinished, Error::timeout(Step::Execute, message)))
            }
            (Err(error), _) => Err(self.end_failed(error, in_background).await),
        }
    }

    /// Ends a call whose rows can't be handed over. Its statement goes on to its end where it may change something; the session is
    /// kept where that ends well.
    pub(super) async fn give_up(mut self, mut error: Error, abandonment: Abandonment) -> Error {
        if !is_of_rows(&error) {
            return self.fail(error).await;
        }
        self.abandonment = abandonment;
        match self.read_rest().await {
            // Where nothing was sent but a prepare, the server has not said how the transaction stands.
            Ok(()) if self.ask_after(ServerClass::Other).await => {
                error.transaction = self.slot.state().transactions.state();
                self.put_back();
                error
            }
            Ok(()) => self.cut(error),
            Err(other) if ends(&other) && abandonment == Abandonment::Cut => {
                self.close_for(CloseReason::Abandoned, error)
            }
            Err(other) if ends(&other) => self.close_for(CloseReason::Unfinished, error),
            Err(other) => {
                error.transaction = self.fail(other).await.transaction;
                error
            }
        }
    }

    /// Reads what is left of the result and of those that follow it.
    async fn read_rest(&mut self) -> Result<()> {
        let deadline = Deadline::after(self.abandonment.timeout());
        self.run(Step::Fetch, deadline, async |session| session.discard().await).await
    }

    /// Rolls back for a guest that dropped its transaction, in the background; calls wait meanwhile.
    pub(super) fn end_later(mut self, id: TransactionId, command: Command) {
        let runtime = self.lease.runtime().clone();
        runtime.spawn(async move {
            match self
                .run(Step::Rollback, Deadline::after(CLEANUP_TIMEOUT), async |session| command.send(session).await)
                .await
            {
                Ok(()) => {
                    self.slot.state().answered(id, &command);
                    self.put_back();
                }
                Err(error) => {
                    tracing::warn!(%error, "a dropped transaction could not be rolled back: its connection is closed");
                    // Nobody is left to end it, and the end of the session rolls back.
                    self.slot.state().answered(id, &Command::Nothing);
                    self.cut(error);
                }
            }
        });
    }

    fn leave(self, place: impl FnOnce(Box<Lease>) -> SessionState) {
        let Checkout { lease, slot: mut guard, .. } = self;
        guard.put_back = true;
        let slot = Arc::clone(&guard.slot);
        let mut state = slot.state();
        if *slot.rules.engine_state.borrow() == EngineState::Terminated {
            state.session = SessionState::Closed(CloseReason::Terminated);
            drop(state);
            lease.discard(CloseReason::Terminated.into());
        } else {
            state.session = place(lease);
            state.since = Instant::now();
            slot.tidy(state);
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

    pub(super) fn close(&mut self, reason: CloseReason) {
        self.put_back = true;
        let mut state = self.slot.state();
        if !matches!(state.session, SessionState::Closed(_)) {
            state.session = SessionState::Closed(reason);
        }
        match reason {
            CloseReason::ByGuest => {}
            CloseReason::TimedOut | CloseReason::NamedLock => state.abort(AbortReason::Timeout),
            _ => {
                // Of a call that was dropped it is not the connection that ended it.
                if reason == CloseReason::Cancelled {
                    state.transaction_is(Ending::Cancelled);
                }
                state.abort(AbortReason::ConnectionLost);
            }
        }
        drop(state);
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
