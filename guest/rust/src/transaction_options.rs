//! The options of a transaction.

use crate::bindings::options as wit;
use crate::bindings::types::IsolationLevel;

/// The options of a transaction. They apply to this transaction only.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Connection, IsolationLevel, Result, TransactionOptions};
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let options = TransactionOptions::new().isolation(IsolationLevel::ReadCommitted);
/// conn.begin_with(options).await?.commit().await
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    isolation: Option<IsolationLevel>,
    read_only: bool,
    consistent_snapshot: bool,
}

impl TransactionOptions {
    /// Creates options with the defaults of the engine, the grant and the server.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the isolation level. Defaults to the level of the engine, else of the server.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// Sets whether the server rejects writes (error 1792). Defaults to `false`.
    ///
    /// The server executes schema changes nevertheless, and they commit the transaction.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Sets whether the snapshot is taken at the beginning instead of at the first read. Defaults
    /// to `false`. Requires `IsolationLevel::RepeatableRead`.
    pub fn consistent_snapshot(mut self, consistent_snapshot: bool) -> Self {
        self.consistent_snapshot = consistent_snapshot;
        self
    }
}

impl From<TransactionOptions> for wit::TransactionOptions {
    fn from(options: TransactionOptions) -> Self {
        let TransactionOptions { isolation, read_only, consistent_snapshot } = options;
        Self { isolation, read_only, consistent_snapshot }
    }
}
