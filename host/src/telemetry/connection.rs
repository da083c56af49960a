//! The metrics of a connection of a pool, from login to close. They are correct even if only `Drop`
//! runs.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;

use super::pool::PoolMeters;

/// The reason why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discarded {
    /// The pool was closed or dropped.
    Closed,
    /// It was idle for too long.
    Idle,
    /// It reached its maximum lifetime.
    Expired,
    /// It is broken, or its state is unknown.
    Lost,
    /// Its server became read-only, is not ready, or lags too far behind.
    Unfit,
    /// Its reset failed.
    Reset,
    /// A call was dropped: it was cancelled, or the guest trapped.
    Cancelled,
    /// A deadline expired.
    Timeout,
    /// A result was dropped with many rows left.
    Abandoned,
    /// A result was not read in time.
    Unread,
    /// A named lock was held for too long.
    NamedLock,
    /// A transaction was idle for too long.
    IdleTransaction,
    /// Its engine was terminated.
    Terminated,
    /// A prepared transaction was left to the server.
    Prepared,
    /// The request that acquired it has ended.
    RequestEnded,
}

impl Discarded {
    pub(super) const ALL: [Discarded; 15] = {
        use Discarded::{
            Abandoned, Cancelled, Closed, Expired, Idle, IdleTransaction, Lost, NamedLock, Prepared, RequestEnded,
            Reset, Terminated, Timeout, Unfit, Unread,
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
            RequestEnded,
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
            Discarded::RequestEnded => "request-ended",
        }
    }
}

/// Counts a connection in the metrics of its pool, from login to drop.
#[derive(Debug)]
pub(crate) struct ConnectionMeter {
    meters: Arc<PoolMeters>,
    is_in_use: bool,
    /// When a guest acquired the connection.
    acquired_at: Option<Instant>,
    /// The reason to record if the meter is dropped now.
    discarded: Mutex<Option<Discarded>>,
    /// The socket is closed. The connection still counts until the server has ended its session.
    is_closed: bool,
}

impl ConnectionMeter {
    /// Counts a new connection.
    pub(crate) fn new(meters: Arc<PoolMeters>) -> Self {
        meters.idle.increment(1);
        Self { meters, is_in_use: false, acquired_at: None, discarded: Mutex::new(None), is_closed: false }
    }

    pub(crate) fn meters(&self) -> &Arc<PoolMeters> {
        &self.meters
    }

    /// Records that a guest acquired the connection.
    pub(crate) fn acquired(&mut self) {
        if !self.is_in_use {
            self.is_in_use = true;
            self.meters.idle.decrement(1);
            self.meters.used.increment(1);
        }
        self.acquired_at = Some(Instant::now());
    }

    /// Records the time of use at its end, before the reset.
    pub(crate) fn use_ended(&mut self) {
        if let Some(acquired_at) = self.acquired_at.take() {
            self.meters.use_time.record(acquired_at.elapsed());
        }
    }

    /// Records that the socket is closed. The gauge still counts the connection until the meter is
    /// dropped.
    pub(crate) fn close(&mut self) {
        self.use_ended();
        if std::mem::replace(&mut self.is_closed, true) {
            return;
        }
        let default = if self.is_in_use { Discarded::Cancelled } else { Discarded::Closed };
        let why = self.discarded.get_mut().unwrap_or(default);
        if let Some(counter) = self.meters.discarded.get(why as usize) {
            counter.increment(1);
        }
    }

    /// Records that the connection is idle again.
    pub(crate) fn returned(&mut self) {
        self.use_ended();
        if self.is_in_use {
            self.is_in_use = false;
            self.meters.used.decrement(1);
            self.meters.idle.increment(1);
        }
    }

    /// Sets the reason to record if the connection is closed from now on.
    pub(crate) fn discard(&self, why: Discarded) {
        *self.discarded.lock() = Some(why);
    }

    /// Clears the reason.
    pub(crate) fn keep(&self) {
        *self.discarded.lock() = None;
    }
}

impl Drop for ConnectionMeter {
    fn drop(&mut self) {
        self.close();
        let gauge = if self.is_in_use { &self.meters.used } else { &self.meters.idle };
        gauge.decrement(1);
    }
}
