//! Deadlines. No call waits without a deadline or after its engine was terminated.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until};

use crate::telemetry::GuestRequest;
use crate::types::{Error, ErrorKind, Result, Step};

/// Whether an engine supplies connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineState {
    Open,
    /// New acquires are rejected.
    Closing,
    /// New acquires are rejected and all connections are closed.
    Terminated,
}

/// The additional wait for a statement that the server stops at its own time limit. It covers a
/// round trip, and the work of the server between two checks of its clock.
pub(super) const SERVER_GRACE: Duration = Duration::from_millis(250);

/// The shortest time limit of a statement at a server. A server takes zero as no limit.
const SHORTEST: Duration = Duration::from_millis(1);

/// The deadline of a call or a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    /// The whole time from the beginning to the deadline, for the message.
    limit: Duration,
    subject: Limited,
}

/// The subject of a deadline.
#[derive(Debug, Clone, Copy)]
enum Limited {
    Call,
    Transaction,
}

impl Deadline {
    /// Creates the deadline of a call that begins now.
    pub(super) fn after(limit: Duration) -> Self {
        Self::from(Instant::now(), limit, Limited::Call)
    }

    /// Creates the deadline of a transaction that began at `began`.
    pub(super) fn of_transaction(began: Instant, limit: Duration) -> Self {
        Self::from(began, limit, Limited::Transaction)
    }

    fn from(began: Instant, limit: Duration, subject: Limited) -> Self {
        Self { at: end_of(began, limit), limit, subject }
    }

    /// Shortens the deadline of a call to a limit that begins now.
    pub(super) fn shorten(&mut self, limit: Option<Duration>) {
        *self = self.earlier(limit.map(Self::after));
    }

    pub(super) fn has_passed(&self, now: Instant) -> bool {
        self.at <= now
    }

    pub(super) fn earlier(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.at < self.at => other,
            _ => self,
        }
    }

    /// Returns the remaining time, or the whole limit if at most `tolerance` of it has passed.
    /// Equal limits of successive calls save the round trip that changes the limit at the server.
    pub(super) fn rest(&self, tolerance: Duration) -> Duration {
        let remaining = self.at.saturating_duration_since(Instant::now());
        if remaining + tolerance >= self.limit { self.limit } else { remaining.max(SHORTEST) }
    }

    pub(super) fn later_by(self, grace: Duration) -> Self {
        Self { at: end_of(self.at, grace), ..self }
    }

    fn passed(&self, step: Step) -> Error {
        let ms = self.limit.as_millis();
        let message = match (self.subject, step) {
            (Limited::Transaction, _) => {
                format!(
                    "the transaction was open for {ms} ms, the limit of the grant; its connection is closed, which rolls it back"
                )
            }
            (_, Step::Execute) => {
                format!(
                    "the statement did not finish within {ms} ms; the server was asked to stop it, and its connection is closed"
                )
            }
            (_, Step::Fetch) => format!("the next rows did not arrive within {ms} ms; the connection is closed"),
            (_, Step::Rollback) => {
                format!("the server did not answer ROLLBACK within {ms} ms; the connection is closed, which rolls back")
            }
            _ => format!("the server did not answer within {ms} ms; the connection is closed"),
        };
        Error::timeout(step, message)
    }
}

/// Returns the end of a limit. A limit that exceeds the range of the clock ends after a year.
pub(super) fn end_of(began: Instant, limit: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    began.checked_add(limit).unwrap_or(began + YEAR)
}

/// The events that end a call before its deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends<'a> {
    /// The state of the engine, which the guest can terminate.
    pub(super) engine: &'a watch::Sender<EngineState>,
    /// The request of the connection, which the host can cancel.
    pub(super) request: Option<&'a GuestRequest>,
}

/// Waits for `work` until the deadline, or until the engine is terminated or the request cancelled.
///
/// Takes the future by reference, because a future that is moved into another future occupies its
/// memory twice. wasmtime copies the future of each call into the store.
pub(super) async fn with_deadline<T>(
    step: Step,
    deadline: Deadline,
    ends: Ends<'_>,
    work: Pin<&mut impl Future<Output = Result<T>>>,
) -> Result<T> {
    let mut state = ends.engine.subscribe();
    let end = async {
        tokio::select! {
            biased;
            () = passed(deadline.at) => deadline.passed(step),
            _ = state.wait_for(|state| *state == EngineState::Terminated) => terminated(),
            () = cancelled(ends.request) => request_cancelled(),
        }
    };
    tokio::select! {
        biased;
        result = work => result,
        // tokio's cooperative budget also applies to timers. If rows arrive faster than the host
        // reads them, they use up the budget, and the deadline is never checked.
        error = unconstrained(end) => Err(error),
    }
}

/// Waits until `at`. Reads the clock at each poll, because tokio's timer is late if all threads are
/// busy.
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

/// Waits for `work` until the request is cancelled.
pub(super) async fn unless_cancelled<T>(
    request: Option<&GuestRequest>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = cancelled(request) => Err(request_cancelled()),
        result = work => result,
    }
}

async fn cancelled(request: Option<&GuestRequest>) {
    match request {
        Some(request) => request.cancelled().await,
        None => pending().await,
    }
}

pub(super) fn request_cancelled() -> Error {
    Error::closed(
        "This connection is closed: the host cancelled the request that acquired it, because its client is gone or its \
         time is over",
    )
}
