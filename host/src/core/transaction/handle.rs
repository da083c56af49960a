//! A transaction, as a guest holds it.

use std::sync::Arc;

use tracing::Instrument;

use super::command::Command;
use super::states::{TransactionId, Transactions};
use crate::core::checkout::Checkout;
use crate::core::cleanup;
use crate::core::close_reason::closes_session;
use crate::core::deadline::Deadline;
use crate::core::limits::ROLLBACK_TIMEOUT;
use crate::core::slot::Slot;
use crate::telemetry::Ending;
use crate::types::{AbortReason, Error, ErrorKind, Result, TransactionState, ends_session, leaves_commit_in_doubt};

/// The handle of a transaction. Dropping it rolls back unless the transaction has ended.
#[derive(Debug)]
pub(crate) struct TransactionHandle {
    slot: Arc<Slot>,
    id: TransactionId,
    /// The guest's name of a two-phase transaction.
    xid: Option<String>,
}

impl TransactionHandle {
    pub(super) fn new(slot: Arc<Slot>, id: TransactionId, xid: Option<String>) -> Self {
        Self { slot, id, xid }
    }

    pub(crate) async fn commit(&self) -> Result<()> {
        self.end(|transactions, id| transactions.commit(id)).await
    }

    pub(crate) async fn prepare(&self) -> Result<()> {
        self.end(|transactions, id| transactions.prepare(id)).await
    }

    pub(crate) async fn rollback(&self) -> Result<()> {
        self.end_or_closed(|transactions, id| transactions.rollback(id)).await
    }

    pub(crate) async fn close(&self) -> Result<()> {
        self.end_or_closed(|transactions, id| transactions.close(id)).await
    }

    pub(crate) fn xid(&self) -> Option<&str> {
        self.xid.as_deref()
    }

    pub(crate) fn is_active(&self) -> bool {
        let state = self.slot.state();
        !state.is_closed() && state.transactions.is_active(self.id)
    }

    /// On a closed connection nothing is sent. The server has rolled back a transaction that is
    /// neither prepared nor in doubt.
    async fn end_or_closed(
        &self,
        step: impl FnOnce(&mut Transactions, TransactionId) -> Result<Command>,
    ) -> Result<()> {
        if let Some(ended) = self.end_on_closed() {
            return ended;
        }
        self.end(step).await
    }

    /// Ends the transaction if the connection is closed. Fails if its changes may be kept.
    fn end_on_closed(&self) -> Option<Result<()>> {
        let mut state = self.slot.state();
        if !state.is_closed() {
            return None;
        }
        if !state.transactions.contains(self.id) {
            return Some(Ok(()));
        }
        let is_unknown = state.transactions.state() == TransactionState::Unknown;
        let may_be_kept =
            |error: &Error| is_unknown || error.kind == ErrorKind::TransactionAborted(AbortReason::ImplicitCommit);
        let error = state.transactions.lost().filter(may_be_kept).map(|error| state.with_transaction_state(error));
        if !state.transactions.is_prepared() {
            state.answered(self.id, &Command::Nothing);
        }
        Some(error.map_or(Ok(()), Err))
    }

    /// Gets the command from the state machine, sends it, and records that it was executed.
    async fn end(&self, step: impl FnOnce(&mut Transactions, TransactionId) -> Result<Command>) -> Result<()> {
        self.slot.with_transaction_state(self.perform(step).await)
    }

    async fn perform(&self, step: impl FnOnce(&mut Transactions, TransactionId) -> Result<Command>) -> Result<()> {
        let mut checkout = Checkout::take(&self.slot).await?;
        let command = step(&mut checkout.slot.state().transactions, self.id);
        let command = match command {
            Ok(command) => command,
            Err(error) => return checkout.finish(Err(error)).await,
        };
        if command != Command::Nothing
            && let Err(error) = send(&mut checkout, &command).await
        {
            return Err(fail(checkout, &command, error).await);
        }
        checkout.slot.state().answered(self.id, &command);
        checkout.put_back();
        Ok(())
    }
}

impl Drop for TransactionHandle {
    fn drop(&mut self) {
        cleanup::end_transaction(&self.slot, self.id);
    }
}

/// Sends a command within its deadline. A commit without an answer is `commit-unknown`. After a
/// prepare without an answer the transaction is unknown: it may outlive its session.
pub(in crate::core) async fn send(checkout: &mut Checkout, command: &Command) -> Result<()> {
    let limits = &checkout.slot.rules().grant.limits;
    let timeout = match command {
        _ if command.commits() => limits.commit_timeout,
        Command::Release(_) | Command::Prepare(_) => limits.statement_timeout,
        _ => ROLLBACK_TIMEOUT,
    };
    let slot = Arc::clone(checkout.slot.slot());
    // Before anything is in doubt.
    slot.refuse_if_cancelled()?;
    let in_doubt = command.persists().then(|| InDoubt { slot: Arc::clone(&slot), resolved: false });
    let call = slot.call(command.operation());
    let sent = checkout.run(command.step(), Deadline::after(timeout), async |session| command.send(session).await);
    let answer = sent.instrument(call.span()).await;
    let doubt = answer.as_ref().err().and_then(|error| doubt(command, error));
    if answer.is_ok() || doubt.is_some() {
        slot.rules.prepared.record(command, doubt.is_some());
    }
    if let Some(in_doubt) = in_doubt
        && doubt.is_none()
    {
        in_doubt.resolve();
    }
    call.end(match (answer, doubt) {
        (Err(error), Some(doubt)) if command.commits() => {
            Err(Error::new(ErrorKind::CommitUnknown, format!("COMMIT {doubt}: {}", error.message)))
        }
        (answer, _) => answer,
    })
}

/// Returns why the error leaves open whether the server executed the command, if it does.
fn doubt(command: &Command, error: &Error) -> Option<&'static str> {
    match &error.kind {
        ErrorKind::Server(server) if command.commits() && leaves_commit_in_doubt(server.code) => {
            Some("was answered with an error that leaves its outcome open")
        }
        ErrorKind::Server(server) if !ends_session(server.code) || command.commits() => None,
        ErrorKind::ServerTimeout if !command.commits() => None,
        _ => Some("was sent but not answered, so it may or may not have been executed"),
    }
}

/// Ends a call whose command the server refused. A transaction that is not prepared is rolled back,
/// so that its state is known.
async fn fail(mut checkout: Checkout, command: &Command, error: Error) -> Error {
    let undo = match (&error.kind, command) {
        _ if closes_session(&error) => return checkout.cut(error),
        (ErrorKind::Server(_), Command::Commit | Command::CommitOnePhase(_) | Command::Prepare(_)) => {
            checkout.slot.state().transactions.undo_all()
        }
        // If ROLLBACK fails, only the end of the session rolls back.
        (ErrorKind::Server(_), Command::Rollback | Command::RollbackBranch(_)) => return checkout.cut(error),
        _ => return checkout.fail(error).await,
    };
    match send(&mut checkout, &undo).await {
        Ok(()) => {
            checkout.slot.state().end_transactions(Ending::RolledBack);
            checkout.fail(error.in_transaction(TransactionState::RolledBack)).await
        }
        Err(_) => checkout.cut(error),
    }
}

/// Logs a command in doubt, and marks the transaction, whose outcome is unknown. The call may be
/// cancelled, so that its caller receives no error.
struct InDoubt {
    slot: Arc<Slot>,
    resolved: bool,
}

impl InDoubt {
    fn resolve(mut self) {
        self.resolved = true;
    }
}

impl Drop for InDoubt {
    fn drop(&mut self) {
        if !self.resolved {
            let guest = &*self.slot.rules.guest;
            tracing::warn!(guest, "a COMMIT or XA PREPARE was sent but not answered; its outcome is unknown");
            let mut state = self.slot.state();
            state.end_meter(Ending::Unknown);
            state.abort(AbortReason::Other);
        }
    }
}
