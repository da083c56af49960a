//! How a transaction begins.

use crate::bindings::options as wit;
use crate::bindings::types::IsolationLevel;

/// How a transaction begins. All of it holds for this transaction only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    isolation: Option<IsolationLevel>,
    read_only: bool,
    consistent_snapshot: bool,
}

impl TransactionOptions {
    /// What the session, the engine and the grant say.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much it sees of other transactions.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// The server refuses writes in it (error 1792).
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Takes the snapshot now rather than at the first read. Needs `IsolationLevel::RepeatableRead`.
    pub fn consistent_snapshot(mut self, now: bool) -> Self {
        self.consistent_snapshot = now;
        self
    }
}

impl From<TransactionOptions> for wit::TransactionOptions {
    fn from(options: TransactionOptions) -> Self {
        let TransactionOptions { isolation, read_only, consistent_snapshot } = options;
        Self { isolation, read_only, consistent_snapshot }
    }
}
