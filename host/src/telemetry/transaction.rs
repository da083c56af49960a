//! One outermost transaction, from its begin to its end.

use std::sync::Arc;
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::guest::GuestMeters;
use crate::types::AbortReason;

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Committed,
    RolledBack,
    /// It is prepared, and left to be decided by who recovers it.
    Prepared,
    /// A COMMIT was sent and not answered.
    Unknown,
    /// A call of it was dropped: cancelled, or its guest was trapped.
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

/// A transaction that is open.
#[derive(Debug)]
pub(crate) struct Transaction {
    meters: Arc<GuestMeters>,
    began: Instant,
    span: Span,
    ending: Ending,
}

impl Transaction {
    /// Begins now, within this span rather than within that of the call.
    pub(crate) fn begin(meters: &Arc<GuestMeters>, around: &Span) -> Transaction {
        let (guest, database) = (&**meters.guest(), &**meters.database());
        let span = info_span!(parent: around.id(), "transaction", guest, database, outcome = Empty);
        Transaction { meters: Arc::clone(meters), began: Instant::now(), span, ending: Ending::Cancelled }
    }

    /// The span that its calls are in.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Ends. One that is dropped instead was cancelled.
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
