//! Who waits for a connection. There is room for so many; one more is told at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout_at};

use crate::telemetry::PoolMeters;
use crate::types::{Error, Limit, Result};

/// Counts the calls that wait for a connection of one database, for whatever reason.
#[derive(Debug)]
pub(crate) struct Waiters {
    waiting: AtomicUsize,
    meters: Arc<PoolMeters>,
}

/// The ticket of one call, taken when it first has to wait.
#[derive(Debug)]
pub(crate) struct WaitTicket<'a> {
    waiters: &'a Waiters,
    room: usize,
    taken: bool,
}

/// Why a permit was not had.
#[derive(Debug)]
pub(crate) enum Missed {
    Closed,
    /// The deadline passed.
    Late,
    /// The queue is full.
    Full(Error),
}

impl Waiters {
    pub(super) fn new(meters: Arc<PoolMeters>) -> Waiters {
        Waiters { waiting: AtomicUsize::new(0), meters }
    }

    /// A ticket in a queue that has room for so many.
    pub(crate) fn ticket(&self, room: usize) -> WaitTicket<'_> {
        WaitTicket { waiters: self, room, taken: false }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl WaitTicket<'_> {
    /// Takes the ticket, if there is one. A call that has to wait more than once keeps its ticket.
    pub(super) fn take(&mut self) -> Result<()> {
        if self.taken {
            return Ok(());
        }
        let before = self.waiters.waiting.fetch_add(1, Ordering::Relaxed);
        self.taken = true;
        self.waiters.meters.waits();
        if before < self.room {
            return Ok(());
        }
        let message = format!("{before} calls wait for a connection of this database already");
        Err(Error::limit(Limit::Waiters, message))
    }

    /// A permit of a quota: at once, or in turn.
    pub(crate) async fn permit(
        &mut self,
        quota: &Arc<Semaphore>,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, Missed> {
        match Arc::clone(quota).try_acquire_owned() {
            Ok(permit) => return Ok(permit),
            Err(TryAcquireError::Closed) => return Err(Missed::Closed),
            Err(TryAcquireError::NoPermits) => self.take().map_err(Missed::Full)?,
        }
        match timeout_at(deadline, Arc::clone(quota).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Missed::Closed),
            Err(_) => Err(Missed::Late),
        }
    }
}

impl Drop for WaitTicket<'_> {
    fn drop(&mut self) {
        if self.taken {
            self.waiters.waiting.fetch_sub(1, Ordering::Relaxed);
            self.waiters.meters.waits_no_more();
        }
    }
}
