//! A transaction, as a guest holds it.

use std::sync::Arc;

use tracing::Instrument;

use super::command::Command;
use super::states::{TransactionId, Transactions};
use crate::core::checkout::Checkout;
use crate::core::deadline::Deadline;
use crate::core::limits::ROLLBACK_TIMEOUT;
use crate::core::slot::Slot;
use crate::telemetry::Ending;
use crate::types::{Error, ErrorKind, Result, TransactionState, is_undecided};

/// A transaction's handle. Dropping it rolls back, unless it has ended.
#[derive(Debug)]
pub(crate) struct TransactionHandle {
    slot: Arc<Slot>,
    id: TransactionId,
    /// What the guest calls it, where it is two-phase.
    xid: Option<String>,
}

impl TransactionHandle {
    pub(super) fn new(slot: Arc<Slot>, id: TransactionId, xid: Option<String>) -> TransactionHandle {
        TransactionHandle { slot, id, xid }
    }

    pub(crate) async fn commit(&self) -> Result<()> {
        self.end(|transactions, id| transactions.commit(id)).await
    }

    pub(crate) async fn prepare(&self) -> Result<()> {
        self.end(|transactions, id| transactions.prepare(id)).await
    }

    pub(crate) async fn rollback(&self) -> Result<()> {
        self.end_or_gone(|transactions, id| transactions.rollback(id)).await
    }

    pub(crate) async fn close(&self) -> Result<()> {
        self.end_or_gone(|transactions, id| transactions.close(id)).await
    }

    pub(crate) fn xid(&self) -> Option<&str> {
        self.xid.as_deref()
    }

    pub(crate) fn is_active(&self) -> bool {
        !self.slot.is_closed() && self.slot.state().transactions.is_active(self.id)
    }

    /// On a closed connection nothing is left to send, and the server has rolled back what was not prepared.
    async fn end_or_gone(&self, what: impl FnOnce(&mut Transactions, TransactionId) -> Result<Command>) -> Result<()> {
        if self.slot.is_closed() {
            let mut state = self.slot.state();
            return match state.transactions.lost() {
                Some(error) if state.transactions.is_prepared() => Err(error),
                _ => {
                    state.answered(self.id, &Command::Nothing);
                    Ok(())
                }
            };
        }
        self.end(what).await
    }

    /// Asks the states what to send, sends it, and tells them.
    async fn end(&self, what: impl FnOnce(&mut Transactions, TransactionId) -> Result<Command>) -> Result<()> {
        let mut checkout = self.slot.check_out().await?;
        let asked = what(&mut checkout.slot.state().transactions, self.id);
        let command = match asked {
            Ok(command) => command,
            Err(error) => {
                checkout.put_back();
                return Err(error);
            }
        };
        if command != Command::Nothing
            && let Err(error) = send(&mut checkout, &command).await
        {
            return Err(refused(checkout, &command, error).await);
        }
        checkout.slot.state().answered(self.id, &command);
        checkout.put_back();
        Ok(())
    }
}

impl Drop for TransactionHandle {
    fn drop(&mut self) {
        self.slot.end_later(self.id);
    }
}

/// Sends a command within its deadline. A commit without an answer is `commit-unknown`.
pub(in crate::core) async fn send(checkout: &mut Checkout, command: &Command) -> Result<()> {
    let limits = &checkout.slot.rules().grant.limits;
    let timeout = match command {
        _ if command.commits() => limits.commit_timeout,
        Command::Release(_) | Command::Prepare(_) => limits.statement_timeout,
        _ => ROLLBACK_TIMEOUT,
    };
    let slot = Arc::clone(checkout.slot.slot());
    let unknown = command.commits().then(|| Unknown { slot: Arc::clone(&slot), known: false });
    let call = slot.call(command.operation());
    let sent = checkout.run(command.step(), Deadline::after(timeout), async |session| command.send(session).await);
    let answer = sent.instrument(call.span()).await;
    let Some(unknown) = unknown else { return call.end(answer) };
    let doubt = match answer.as_ref().map_err(|error| &error.kind) {
        Ok(()) => None,
        Err(ErrorKind::Server(server)) if !is_undecided(server.code) => None,
        Err(ErrorKind::Server(_)) => Some("was answered with an error that does not say whether it happened"),
        Err(_) => Some("was sent and its answer never came, so it may have happened or not"),
    };
    call.end(match (answer, doubt) {
        (Err(error), Some(doubt)) => {
            Err(Error::new(ErrorKind::CommitUnknown, format!("COMMIT {doubt}: {}", error.message)))
        }
        (answer, _) => {
            unknown.known();
            answer
        }
    })
}

/// After the server refused to end a transaction: what is not prepared is rolled back, so that no state is left that nobody knows.
async fn refused(mut checkout: Checkout, command: &Command, error: Error) -> Error {
    let undo = match (&error.kind, command) {
        (ErrorKind::Server(_), Command::Commit | Command::CommitOnePhase(_) | Command::Prepare(_)) => {
            checkout.slot.state().transactions.undo_all()
        }
        // Nothing else undoes what a rollback could not, but the end of the session.
        (ErrorKind::Server(_), Command::Rollback | Command::RollbackBranch(_)) => return checkout.cut(error),
        _ => return checkout.fail(error).await,
    };
    match send(&mut checkout, &undo).await {
        Ok(()) => {
            checkout.slot.state().end_transactions(Ending::RolledBack);
            let mut error = checkout.fail(error).await;
            error.transaction = TransactionState::RolledBack;
            error
        }
        Err(_) => checkout.cut(error),
    }
}

/// A commit that is cancelled is reported to nobody, so at least the log says it.
struct Unknown {
    slot: Arc<Slot>,
    known: bool,
}

impl Unknown {
    fn known(mut self) {
        self.known = true;
    }
}

impl Drop for Unknown {
    fn drop(&mut self) {
        if !self.known {
            let guest = &*self.slot.rules.guest;
            tracing::warn!(guest, "a COMMIT was sent and its answer never came: its outcome is unknown");
            self.slot.state().transaction_is(Ending::Unknown);
        }
    }
}
