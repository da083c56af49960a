//! A server that can't be connected to is asked by one at a time, ever less often; the others share what that one learns. So a server
//! that is down costs no busy loop, and one that comes back meets no herd.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::types::{Error, Result};

/// The first pause after an attempt that failed; it doubles with each that follows. About what a restart takes.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Long enough to leave a server alone, short enough for a plugin not to notice when it is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct ConnectBackoff {
    /// None after a success.
    last: Mutex<Option<Failed>>,
    turn: tokio::sync::Mutex<()>,
}

/// The last attempt.
#[derive(Debug, Clone)]
struct Failed {
    error: Error,
    at: Instant,
    pause: Duration,
}

impl ConnectBackoff {
    /// Why the last attempt failed, if it did.
    pub(super) fn last_error(&self) -> Option<String> {
        self.last().map(|failed| failed.error.message)
    }

    /// Makes one attempt. It has no deadline of its own, but for those that `connect` has: whoever waits brings one.
    pub(super) async fn attempt<T>(&self, connect: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
        let asked = Instant::now();
        if self.last().is_none() {
            return self.noted(asked, connect().await);
        }
        let _turn = self.turn.lock().await;
        match self.last() {
            Some(failed) if failed.at > asked => return Err(failed.error),
            Some(failed) => sleep_until(failed.at + failed.pause).await,
            None => {}
        }
        let began = Instant::now();
        self.noted(began, connect().await)
    }

    fn noted<T>(&self, began: Instant, result: Result<T>) -> Result<T> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = result.as_ref().err().map(|error| Failed {
            error: error.clone(),
            at: Instant::now(),
            pause: match &*last {
                None => FIRST_PAUSE,
                // Of those that failed together, the first counts.
                Some(failed) if failed.at > began => failed.pause,
                Some(failed) => (failed.pause * 2).min(LONGEST_PAUSE),
            },
        });
        result
    }

    fn last(&self) -> Option<Failed> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;

    use super::*;
    use crate::types::ErrorKind;

    fn down() -> Error {
        Error::new(ErrorKind::Unreachable, "it is down")
    }

    #[tokio::test]
    async fn one_at_a_time_asks_a_server_in_trouble() {
        let trouble = ConnectBackoff::default();
        let (attempts, at_once) = (AtomicU32::new(0), AtomicU32::new(0));
        let attempt = async || {
            attempts.fetch_add(1, Ordering::Relaxed);
            assert_eq!(at_once.fetch_add(1, Ordering::Relaxed), 0);
            tokio::time::sleep(Duration::from_millis(5)).await;
            at_once.fetch_sub(1, Ordering::Relaxed);
            Err::<(), _>(down())
        };
        assert!(trouble.attempt(attempt).await.is_err());
        let start = Instant::now();
        let errors = join_all((0..100).map(|_| trouble.attempt(attempt))).await;
        assert!(errors.into_iter().all(|error| error == Err(down())));
        assert_eq!(attempts.load(Ordering::Relaxed), 2, "the others shared its error");
        assert!(start.elapsed() >= FIRST_PAUSE);
        assert_eq!(trouble.last_error().as_deref(), Some("it is down"));
    }

    #[tokio::test]
    async fn a_success_ends_the_trouble() {
        let trouble = ConnectBackoff::default();
        assert!(trouble.attempt(async || Err::<(), _>(down())).await.is_err());
        assert_eq!(trouble.attempt(async || Ok(1)).await, Ok(1));
        assert_eq!(trouble.last_error(), None);
        let start = Instant::now();
        assert_eq!(trouble.attempt(async || Ok(2)).await, Ok(2));
        assert!(start.elapsed() < FIRST_PAUSE);
    }
}
