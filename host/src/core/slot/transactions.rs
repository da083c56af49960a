//! What a slot keeps of the transaction on its connection beside its states: since when it is open, and what is counted and traced of it.

use tokio::time::Instant;
use tracing::Span;

use super::{Rules, SlotState};
use crate::core::deadline::Deadline;
use crate::core::transaction::{Command, Kind, TransactionId};
use crate::telemetry::{Ending, Transaction};
use crate::types::AbortReason;

impl SlotState {
    /// A transaction was begun; an outermost one within this span.
    pub(in crate::core) fn begun(&mut self, kind: Kind, rules: &Rules, around: &Span) -> TransactionId {
        if !self.transactions.is_open() {
            self.transaction_since = Instant::now();
            self.transaction = Some(Transaction::begin(&rules.meters, around));
        }
        self.transactions.begun(kind)
    }

    /// The server did what a commit, rollback, close or prepare had sent.
    pub(in crate::core) fn answered(&mut self, id: TransactionId, command: &Command) {
        self.transactions.answered(id, command);
        self.unless_open(if command.commits() { Ending::Committed } else { Ending::RolledBack });
    }

    /// The whole transaction can go no further.
    pub(in crate::core) fn abort(&mut self, reason: AbortReason) {
        self.transactions.abort(reason);
        self.unless_open(Ending::Aborted(reason));
    }

    /// Nothing is open any more.
    pub(in crate::core) fn end_transactions(&mut self, ending: Ending) {
        self.transactions.ended();
        self.unless_open(ending);
    }

    fn unless_open(&mut self, ending: Ending) {
        if !self.transactions.is_open() {
            self.transaction_is(ending);
        }
    }

    /// The outermost transaction is known to have come to this, unless it ended before.
    pub(in crate::core) fn transaction_is(&mut self, ending: Ending) {
        if let Some(transaction) = self.transaction.take() {
            transaction.end(ending);
        }
    }

    /// When the open transaction has to end.
    pub(in crate::core) fn transaction_deadline(&self, rules: &Rules) -> Option<Deadline> {
        let limit = rules.grant.limits.transaction_timeout;
        self.transactions.is_open().then(|| Deadline::of_transaction(self.transaction_since, limit))
    }
}
