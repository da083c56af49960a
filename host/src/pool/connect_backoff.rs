//! The backoff for failing connects. After a failure, only one call at a time tries to connect, at
//! growing intervals, and the other calls receive its error. So a server that is down causes no
//! busy loop, and a recovered server is not flooded with connections.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::driver::Backoff;
use crate::types::{Error, Result};

/// The backoff of attempts to connect. One attempt per second is no load for a server, and a
/// recovered server is used after at most a second.
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(50), longest: Duration::from_secs(1) };

/// The backoff of a pool.
#[derive(Debug, Default)]
pub(super) struct ConnectBackoff {
    /// The last failure, or `None` after a success.
    last: Mutex<Option<Failed>>,
    /// Held by the call that may try to connect during a backoff.
    turn: tokio::sync::Mutex<()>,
}

/// A failed attempt.
#[derive(Debug, Clone)]
struct Failed {
    error: Error,
    at: Instant,
    backoff: Duration,
}

impl ConnectBackoff {
    /// Returns the error of the last attempt, or `None` if it succeeded.
    pub(super) fn last_error(&self) -> Option<String> {
        self.last().map(|failed| failed.error.message)
    }

    /// Calls `connect`, or returns the error of another call that tried meanwhile. The caller sets
    /// a deadline, because this method can wait for the backoff.
    pub(super) async fn attempt<T>(&self, connect: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
        let called = Instant::now();
        if self.last().is_none() {
            return self.record(called, connect().await);
        }
        let _turn = self.turn.lock().await;
        match self.last() {
            Some(failed) if failed.at > called => return Err(failed.error),
            Some(failed) => sleep_until(failed.at + failed.backoff).await,
            None => {}
        }
        let start = Instant::now();
        self.record(start, connect().await)
    }

    /// Records the result of an attempt that began at `start`.
    fn record<T>(&self, start: Instant, result: Result<T>) -> Result<T> {
        let mut last = self.last.lock();
        *last = result.as_ref().err().map(|error| Failed {
            error: error.clone(),
            at: Instant::now(),
            backoff: match &*last {
                // Concurrent failures are part of one outage and do not extend the backoff.
                Some(failed) if failed.at > start => failed.backoff,
                failed => BACKOFF.after(failed.as_ref().map(|failed| failed.backoff)),
            },
        });
        result
    }

    fn last(&self) -> Option<Failed> {
        self.last.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::FutureExt;
    use futures::future::join_all;

    use super::*;
    use crate::types::ErrorKind;

    fn down() -> Error {
        Error::new(ErrorKind::Unreachable, "the server is down")
    }

    #[tokio::test]
    async fn failing_server_gets_one_attempt_at_a_time() {
        let backoff = ConnectBackoff::default();
        let (attempts, at_once) = (AtomicU32::new(0), AtomicU32::new(0));
        let attempt = async || {
            attempts.fetch_add(1, Ordering::Relaxed);
            assert_eq!(at_once.fetch_add(1, Ordering::Relaxed), 0);
            tokio::time::sleep(Duration::from_millis(5)).await;
            at_once.fetch_sub(1, Ordering::Relaxed);
            Err::<(), _>(down())
        };
        assert!(backoff.attempt(attempt).await.is_err());
        let start = Instant::now();
        let errors = join_all((0..100).map(|_| backoff.attempt(attempt))).await;
        assert!(errors.into_iter().all(|error| error == Err(down())));
        assert_eq!(attempts.load(Ordering::Relaxed), 2, "the other calls share the error");
        assert!(start.elapsed() >= BACKOFF.first);
        assert_eq!(backoff.last_error().as_deref(), Some("the server is down"));
    }

    #[tokio::test]
    async fn success_ends_the_backoff() {
        let backoff = ConnectBackoff::default();
        assert!(backoff.attempt(async || Err::<(), _>(down())).await.is_err());
        assert_eq!(backoff.attempt(async || Ok(1)).await, Ok(1));
        assert_eq!(backoff.last_error(), None);
        assert_eq!(backoff.attempt(async || Ok(2)).now_or_never(), Some(Ok(2)), "the next attempt does not wait");
    }
}
