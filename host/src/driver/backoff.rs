//! The exponential backoff after failures.

use std::time::Duration;

/// A backoff that doubles with each further failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Backoff {
    /// Returns the backoff after a failure. `previous` is that after the failure before.
    pub(crate) fn after(self, previous: Option<Duration>) -> Duration {
        previous.map_or(self.first, |previous| previous.saturating_mul(2).min(self.longest))
    }
}
