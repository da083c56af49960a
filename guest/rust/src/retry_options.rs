//! The number of attempts and the backoff of repeated transactions.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::transaction_options::TransactionOptions;

/// The options of `transaction_with`: number of attempts, backoff, and how each attempt begins its
/// transaction.
///
/// # Examples
///
/// ```
/// # use wasmysql::{Engine, IsolationLevel, Result, RetryOptions, TransactionOptions};
/// # use std::time::Duration;
/// # async fn example(engine: &Engine) -> Result<()> {
/// let options = RetryOptions::new()
///     .attempts(10)
///     .backoff(Duration::from_millis(1), Duration::from_millis(100))
///     .transaction(TransactionOptions::new().isolation(IsolationLevel::Serializable));
/// let sold = engine
///     .transaction_with(options, async |tx| tx.execute("UPDATE seats SET sold = sold + 1 WHERE flight = ?", (7,)).await)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RetryOptions {
    attempts: u32,
    first_backoff: Duration,
    longest_backoff: Duration,
    pub(crate) transaction: TransactionOptions,
}

impl RetryOptions {
    /// Creates the defaults: five attempts, a backoff that grows from 5 ms to 500 ms, and no
    /// transaction options.
    pub fn new() -> Self {
        Self {
            attempts: 5,
            first_backoff: Duration::from_millis(5),
            longest_backoff: Duration::from_millis(500),
            transaction: TransactionOptions::new(),
        }
    }

    /// Sets the total number of attempts. Defaults to 5; 0 counts as 1.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the first and the longest backoff. Defaults to 5 ms and 500 ms.
    ///
    /// The upper bound of the backoff doubles with each attempt, up to `longest`. The actual
    /// backoff is a random part of the bound, so that conflicting transactions do not collide
    /// again.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.first_backoff = first;
        self.longest_backoff = longest;
        self
    }

    /// Sets the options with which each attempt begins its transaction.
    pub fn transaction(mut self, options: TransactionOptions) -> Self {
        self.transaction = options;
        self
    }

    /// Returns the backoff before each further attempt.
    pub(crate) fn backoffs(self) -> impl Iterator<Item = Duration> {
        (0..self.attempts.saturating_sub(1)).map(move |attempt| self.max_backoff(attempt).mul_f64(random()))
    }

    /// Returns the upper bound of the backoff after an attempt, counted from 0.
    fn max_backoff(self, attempt: u32) -> Duration {
        let factor = 1u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.first_backoff.saturating_mul(factor).min(self.longest_backoff)
    }
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns a random number from 0 to 1. The standard library has no other source of randomness.
fn random() -> f64 {
    (RandomState::new().hash_one(()) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_the_longest() {
        let bounds = |options: RetryOptions| (0..40).map(|n| options.max_backoff(n).as_millis()).collect::<Vec<_>>();
        let bounds = bounds(RetryOptions::new());
        assert_eq!(bounds[..9], [5, 10, 20, 40, 80, 160, 320, 500, 500]);
        assert_eq!(bounds[39], 500);
    }

    #[test]
    fn backoffs_are_random_and_one_less_than_attempts() {
        assert_eq!(RetryOptions::new().backoffs().count(), 4);
        assert_eq!(RetryOptions::new().attempts(0).backoffs().count(), 0);
        let options = RetryOptions::new().attempts(200);
        assert!(options.backoffs().all(|backoff| backoff <= Duration::from_millis(500)));
        assert!(options.backoffs().any(|backoff| backoff > Duration::from_millis(250)), "backoffs are random");
    }
}
