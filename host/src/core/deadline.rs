//! Nothing waits without a deadline, and nothing outlives its engine.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until};

use crate::types::{Error, ErrorKind, Result, Step};

/// Whether an engine still lends connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineState {
    Open,
    /// No new borrowers.
    Closing,
    /// What is lent is cut.
    Terminated,
}

/// Waiting for the server to say that it has stopped a statement by its own clock: a round trip, and what it does at a time.
pub(super) const SERVER_GRACE: Duration = Duration::from_millis(250);

/// What servers measure time in; none at all is without end to them.
const SHORTEST: Duration = Duration::from_millis(1);

/// When something has to be done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    /// How long there was when it began, for the message.
    limit: Duration,
    of: Limited,
}

/// What has the deadline.
#[derive(Debug, Clone, Copy)]
enum Limited {
    Call,
    Transaction,
}

impl Deadline {
    /// From now on.
    pub(super) fn after(limit: Duration) -> Deadline {
        Deadline::from(Instant::now(), limit, Limited::Call)
    }

    /// Of a transaction that began then.
    pub(super) fn of_transaction(began: Instant, limit: Duration) -> Deadline {
        Deadline::from(began, limit, Limited::Transaction)
    }

    fn from(began: Instant, limit: Duration, of: Limited) -> Deadline {
        Deadline { at: end_of(began, limit), limit, of }
    }

    pub(super) fn has_passed(&self, now: Instant) -> bool {
        self.at <= now
    }

    pub(super) fn earlier(self, other: Option<Deadline>) -> Deadline {
        match other {
            Some(other) if other.at < self.at => other,
            _ => self,
        }
    }

    /// All the time that there was, where no more of it is gone than `little`, or else what is left of it.
    pub(super) fn rest(&self, little: Duration) -> Duration {
        let left = self.at.saturating_duration_since(Instant::now());
        if left + little >= self.limit { self.limit } else { left.max(SHORTEST) }
    }

    pub(super) fn later_by(self, grace: Duration) -> Deadline {
        Deadline { at: end_of(self.at, grace), ..self }
    }

    fn passed(&self, step: Step) -> Error {
        let ms = self.limit.as_millis();
        let message = match (self.of, step) {
            (Limited::Transaction, _) => {
                format!(
                    "the transaction was open for the {ms} ms that the grant allows; the connection is closed, which rolls back"
                )
            }
            (_, Step::Execute) => {
                format!(
                    "the statement did not finish within {ms} ms; the server was asked to stop it, and its connection is closed"
                )
            }
            (_, Step::Fetch) => format!("the next rows did not come within {ms} ms; the connection is closed"),
            (_, Step::Rollback) => {
                format!("ROLLBACK was not answered for {ms} ms; the connection is closed, which rolls back")
            }
            _ => format!("no answer for {ms} ms; the connection is closed"),
        };
        Error::timeout(step, message)
    }
}

/// When so much time has passed. What the clock can't hold does not come.
pub(super) fn end_of(began: Instant, limit: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    began.checked_add(limit).unwrap_or(began + YEAR)
}

/// Waits for `work`, at most until the deadline and only while the engine lives. The work stays where its caller has it: a future
/// that is given away is there twice, and what a call holds is copied again and again on its way into the store.
pub(super) async fn with_deadline<T>(
    step: Step,
    deadline: Deadline,
    state: &watch::Sender<EngineState>,
    work: Pin<&mut impl Future<Output = Result<T>>>,
) -> Result<T> {
    let mut state = state.subscribe();
    let end = async {
        tokio::select! {
            biased;
            () = passed(deadline.at) => deadline.passed(step),
            _ = state.wait_for(|state| *state == EngineState::Terminated) => terminated(),
        }
    };
    tokio::select! {
        biased;
        result = work => result,
        // Rows that come faster than they are read use up what tokio lets a task do at a time; a deadline that had to share that would
        // never be looked at.
        error = unconstrained(end) => Err(error),
    }
}

/// Waits until then. The clock is asked each time that the caller is polled: where all threads are busy, tokio's timer is late.
async fn passed(at: Instant) {
    let mut sleep = pin!(sleep_until(at));
    poll_fn(|context| match Instant::now() >= at {
        true => Poll::Ready(()),
        false => sleep.as_mut().poll(context),
    })
    .await;
}

pub(super) fn terminated() -> Error {
    Error::new(ErrorKind::PoolClosed, "the engine was terminated")
}
