//! Nothing waits without a deadline, and nothing outlives its engine.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use crate::types::{Error, ErrorKind, Result, Step};

/// Whether an engine still lends connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    /// No new borrowers.
    Closing,
    /// What is lent is cut.
    Terminated,
}

/// Waits for `work`, at most for `limit` and only while the engine lives.
pub(super) async fn within<T>(
    step: Step,
    limit: Duration,
    life: &watch::Sender<Life>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut life = life.subscribe();
    tokio::select! {
        biased;
        result = work => result,
        () = tokio::time::sleep(limit) => Err(passed(step, limit)),
        _ = life.wait_for(|life| *life == Life::Terminated) => Err(terminated()),
    }
}

pub(super) fn terminated() -> Error {
    Error::new(ErrorKind::PoolClosed, "the engine was terminated")
}

fn passed(step: Step, limit: Duration) -> Error {
    let ms = limit.as_millis();
    let message = match step {
        Step::Execute => format!("the statement was stopped at its deadline of {ms} ms, and its connection closed"),
        Step::Fetch => format!("the server sent no further rows for {ms} ms; the connection is closed"),
        Step::Rollback => format!("ROLLBACK was not answered for {ms} ms; the connection is closed, which rolls back"),
        _ => format!("no answer for {ms} ms; the connection is closed"),
    };
    Error::timeout(step, message)
}
