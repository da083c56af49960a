//! The waiters of a pool: calls that wait for a connection. Their number is limited, and further
//! calls fail at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout_at};

use crate::telemetry::PoolMeters;
use crate::types::{Error, Limit, Result};

/// Counts the calls that wait for a connection of a database, because of a quota or because the
/// pool is exhausted.
#[derive(Debug)]
pub(crate) struct Waiters {
    waiting: AtomicUsize,
    meters: Arc<PoolMeters>,
}

/// Counts a call as a waiter from its first wait until it is dropped.
#[derive(Debug)]
pub(crate) struct WaitTicket<'a> {
    waiters: &'a Waiters,
    max_waiters: usize,
    taken: bool,
}

/// The reason why no permit was acquired.
#[derive(Debug)]
pub(crate) enum PermitError {
    /// The quota is closed.
    Closed,
    /// The deadline expired.
    TimedOut,
    /// The maximum number of waiters is reached.
    TooManyWaiters(Error),
}

impl Waiters {
    pub(super) fn new(meters: Arc<PoolMeters>) -> Self {
        Self { waiting: AtomicUsize::new(0), meters }
    }

    /// Creates a ticket for a call. It can be taken while fewer than `max_waiters` calls wait.
    pub(crate) fn ticket(&self, max_waiters: usize) -> WaitTicket<'_> {
        WaitTicket { waiters: self, max_waiters, taken: false }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl WaitTicket<'_> {
    /// Counts the call as a waiter. A call that waits several times is counted once.
    ///
    /// # Errors
    ///
    /// Fails with `limit-exceeded(waiters)` if the maximum number of calls is already waiting.
    pub(super) fn take(&mut self) -> Result<()> {
        if self.taken {
            return Ok(());
        }
        let before = self.waiters.waiting.fetch_add(1, Ordering::Relaxed);
        self.taken = true;
        self.waiters.meters.waiter_added();
        if before < self.max_waiters {
            return Ok(());
        }
        let message = format!(
            "{before} calls wait for a connection of this database, which is the limit; release connections earlier"
        );
        Err(Error::limit(Limit::Waiters, message))
    }

    /// Acquires a permit of a quota, immediately or after waiting in turn until the deadline.
    pub(crate) async fn permit(
        &mut self,
        quota: &Arc<Semaphore>,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, PermitError> {
        match Arc::clone(quota).try_acquire_owned() {
            Ok(permit) => return Ok(permit),
            Err(TryAcquireError::Closed) => return Err(PermitError::Closed),
            Err(TryAcquireError::NoPermits) => self.take().map_err(PermitError::TooManyWaiters)?,
        }
        match timeout_at(deadline, Arc::clone(quota).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| PermitError::Closed),
            Err(_) => Err(PermitError::TimedOut),
        }
    }
}

impl Drop for WaitTicket<'_> {
    fn drop(&mut self) {
        if self.taken {
            self.waiters.waiting.fetch_sub(1, Ordering::Relaxed);
            self.waiters.meters.waiter_removed();
        }
    }
}
