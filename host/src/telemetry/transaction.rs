//! The duration metric and the span of an outermost transaction.

use std::sync::Arc;
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::guest::GuestMeters;
use crate::types::AbortReason;

/// The outcome of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Committed,
    RolledBack,
    /// Prepared, and left to the server for a recovery.
    Prepared,
    /// In doubt: COMMIT was sent, but no response arrived.
    Unknown,
    /// A call was dropped: it was cancelled, or the guest trapped.
    Cancelled,
    Aborted(AbortReason),
}

impl Ending {
    fn name(self) -> &'static str {
        match self {
            Ending::Committed => "committed",
            Ending::RolledBack | Ending::Aborted(AbortReason::InnerRollback) => "rolled-back",
            Ending::Prepared => "prepared",
            Ending::Unknown => "unknown",
            Ending::Cancelled => "cancelled",
            Ending::Aborted(reason) => reason.name(),
        }
    }
}

/// An open transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    meters: Arc<GuestMeters>,
    began: Instant,
    span: Span,
    ending: Ending,
}

impl Transaction {
    /// Starts the metric and the span of a transaction. The parent span is `around`, not the span
    /// of the call that begins the transaction.
    pub(crate) fn begin(meters: &Arc<GuestMeters>, around: &Span) -> Self {
        let (guest, database) = (&**meters.guest(), &**meters.database());
        let span = info_span!(parent: around.id(), "transaction", guest, database, outcome = Empty);
        Self { meters: Arc::clone(meters), began: Instant::now(), span, ending: Ending::Cancelled }
    }

    /// Returns the span of the transaction, the parent of its calls.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Records the outcome. A transaction that is dropped without this call was cancelled.
    pub(crate) fn end(mut self, ending: Ending) {
        self.ending = ending;
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let outcome = self.ending.name();
        self.span.record("outcome", outcome);
        self.meters.transaction(outcome, self.began.elapsed());
    }
}
