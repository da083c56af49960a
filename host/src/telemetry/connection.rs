//! What is counted of one connection of a pool, from its login to its end. It is right when only Drop runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::pool::PoolMeters;

/// Why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discarded {
    /// The pool was closed, or is gone.
    Closed,
    /// Nobody had use for it.
    Idle,
    /// It was as old as one may get.
    Expired,
    /// It broke, or could not be trusted.
    Lost,
    /// Its server takes no changes any more, or is not ready.
    Unfit,
    /// It could not be made ready for its next borrower.
    Reset,
    /// A call on it was dropped: cancelled, or its guest was trapped.
    Cancelled,
    /// A deadline passed.
    Timeout,
    /// A result was dropped with much left.
    Abandoned,
    /// A result of it was not read.
    Unread,
    /// A lock by name was held on it for too long.
    NamedLock,
    /// A transaction was open on it and nothing ran.
    IdleTransaction,
    /// Its engine was terminated.
    Terminated,
    /// A prepared transaction was left to the server.
    Prepared,
}

impl Discarded {
    pub(super) const ALL: [Discarded; 14] = {
        use Discarded::{
            Abandoned, Cancelled, Closed, Expired, Idle, IdleTransaction, Lost, NamedLock, Prepared, Reset, Terminated,
            Timeout, Unfit, Unread,
        };
        [
            Closed,
            Idle,
            Expired,
            Lost,
            Unfit,
            Reset,
            Cancelled,
            Timeout,
            Abandoned,
            Unread,
            NamedLock,
            IdleTransaction,
            Terminated,
            Prepared,
        ]
    };

    pub(super) fn name(self) -> &'static str {
        match self {
            Discarded::Closed => "closed",
            Discarded::Idle => "idle",
            Discarded::Expired => "expired",
            Discarded::Lost => "lost",
            Discarded::Unfit => "unfit",
            Discarded::Reset => "reset",
            Discarded::Cancelled => "cancelled",
            Discarded::Timeout => "timeout",
            Discarded::Abandoned => "abandoned",
            Discarded::Unread => "unread",
            Discarded::NamedLock => "named-lock",
            Discarded::IdleTransaction => "idle-transaction",
            Discarded::Terminated => "terminated",
            Discarded::Prepared => "prepared",
        }
    }
}

/// Counts a connection as one of its pool for as long as it lives.
#[derive(Debug)]
pub(crate) struct ConnectionMeter {
    meters: Arc<PoolMeters>,
    is_lent: bool,
    /// Since when its borrower has it.
    lent_at: Option<Instant>,
    /// Why it is closed, should it be dropped now.
    discarded: Mutex<Option<Discarded>>,
    /// Its socket is closed, and it is there until the server has ended it.
    is_closed: bool,
}

impl ConnectionMeter {
    /// Of a connection that was just made.
    pub(crate) fn new(meters: Arc<PoolMeters>) -> ConnectionMeter {
        meters.idle.increment(1);
        ConnectionMeter { meters, is_lent: false, lent_at: None, discarded: Mutex::new(None), is_closed: false }
    }

    pub(crate) fn meters(&self) -> &Arc<PoolMeters> {
        &self.meters
    }

    /// It is lent from now on.
    pub(crate) fn lent(&mut self) {
        if !self.is_lent {
            self.is_lent = true;
            self.meters.idle.decrement(1);
            self.meters.used.increment(1);
        }
        self.lent_at = Some(Instant::now());
    }

    /// Its borrower has no use for it any more.
    pub(crate) fn used(&mut self) {
        if let Some(lent_at) = self.lent_at.take() {
            self.meters.use_time.record(lent_at.elapsed());
        }
    }

    /// Its socket is closed. It counts as a connection until it is dropped.
    pub(crate) fn close(&mut self) {
        self.used();
        if std::mem::replace(&mut self.is_closed, true) {
            return;
        }
        let unsaid = if self.is_lent { Discarded::Cancelled } else { Discarded::Closed };
        let why = self.discarded.get_mut().unwrap_or_else(PoisonError::into_inner).unwrap_or(unsaid);
        if let Some(counter) = self.meters.discarded.get(why as usize) {
            counter.increment(1);
        }
    }

    /// It waits for a borrower again.
    pub(crate) fn returned(&mut self) {
        self.used();
        if self.is_lent {
            self.is_lent = false;
            self.meters.used.decrement(1);
            self.meters.idle.increment(1);
        }
    }

    /// Says why it is closed, should it be dropped from now on.
    pub(crate) fn discard(&self, why: Discarded) {
        *self.discarded.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    /// Takes that back.
    pub(crate) fn keep(&self) {
        *self.discarded.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for ConnectionMeter {
    fn drop(&mut self) {
        self.close();
        let gauge = if self.is_lent { &self.meters.used } else { &self.meters.idle };
        gauge.decrement(1);
    }
}
