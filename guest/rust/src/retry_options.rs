//! How often a transaction is repeated, and when.

use crate::transaction_options::TransactionOptions;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How `transaction_with` begins a transaction, and how it repeats it.
///
/// ```
/// # use wasmysql::{Engine, IsolationLevel, Result, RetryOptions, TransactionOptions};
/// # use std::time::Duration;
/// # async fn example(engine: &Engine) -> Result<()> {
/// let options = RetryOptions::new()
///     .attempts(10)
///     .pauses(Duration::from_millis(1), Duration::from_millis(100))
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
    first_pause: Duration,
    longest_pause: Duration,
    pub(crate) transaction: TransactionOptions,
}

impl RetryOptions {
    /// Five attempts, with pauses of up to 5 ms at first and 500 ms at most, in a transaction without options.
    pub fn new() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(500),
            transaction: TransactionOptions::new(),
        }
    }

    /// How often it is tried in all; 0 is as 1.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The pause before the second attempt, and the longest one. Each may be twice the one before. It is a random part of
    /// that, so that those who met do not meet again.
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// How each attempt begins its transaction.
    pub fn transaction(mut self, options: TransactionOptions) -> Self {
        self.transaction = options;
        self
    }

    /// The pauses between the attempts.
    pub(crate) fn between(self) -> impl Iterator<Item = Duration> {
        (0..self.attempts.saturating_sub(1)).map(move |attempt| self.bound(attempt).mul_f64(random()))
    }

    /// How long the pause after an attempt, from 0, may be.
    fn bound(self, attempt: u32) -> Duration {
        let factor = 1u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.first_pause.saturating_mul(factor).min(self.longest_pause)
    }
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Between 0 and 1. Std has no other source of randomness.
fn random() -> f64 {
    (RandomState::new().hash_one(()) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let bounds = |options: RetryOptions| (0..40).map(|n| options.bound(n).as_millis()).collect::<Vec<_>>();
        let bounds = bounds(RetryOptions::new());
        assert_eq!(bounds[..9], [5, 10, 20, 40, 80, 160, 320, 500, 500]);
        assert_eq!(bounds[39], 500);
    }

    #[test]
    fn there_is_a_pause_less_than_attempts() {
        assert_eq!(RetryOptions::new().between().count(), 4);
        assert_eq!(RetryOptions::new().attempts(0).between().count(), 0);
        let options = RetryOptions::new().attempts(200);
        assert!(options.between().all(|pause| pause <= Duration::from_millis(500)));
        assert!(options.between().any(|pause| pause > Duration::from_millis(250)), "they are random");
    }
}
