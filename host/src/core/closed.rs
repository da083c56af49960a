//! Why a connection is closed: what its guest is told, and what it is counted as.

use super::deadline::terminated;
use crate::telemetry::Discarded;
use crate::types::Error;

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    ByGuest,
    /// A call on it was cancelled.
    Cancelled,
    /// A deadline passed.
    TimedOut,
    /// The connection broke, or can't be trusted.
    Lost,
    /// A cursor was dropped, and the rest of its result did not come in time.
    Abandoned,
    /// A cursor was dropped, and its statement, which may change something, did not come to its end in time.
    Unfinished,
    /// A transaction was open with nothing running in it.
    Idle,
    /// A cursor was not read.
    Unread,
    Terminated,
    /// A prepared transaction was dropped; it is the server's now.
    Prepared,
}

impl Closed {
    /// What a call on such a connection is told.
    pub(super) fn error(self) -> Error {
        match self {
            Closed::ByGuest => Error::closed("This connection is closed"),
            Closed::Cancelled => Error::closed("This connection is closed: a call on it was cancelled"),
            Closed::TimedOut => Error::closed("This connection is closed: a call on it ran out of time"),
            Closed::Lost => Error::closed("This connection is closed: it broke earlier"),
            Closed::Abandoned => Error::closed(
                "This connection is closed: a result was dropped, and its rest did not come within 50 ms; read results to their end, or \
                 use LIMIT",
            ),
            Closed::Unfinished => Error::closed(
                "This connection is closed: a result was dropped, and its statement did not come to its end in time; whether its \
                 changes are kept is unknown",
            ),
            Closed::Idle => Error::closed("This connection is closed: its transaction was idle for too long"),
            Closed::Unread => Error::closed("This connection is closed: a result of it was not read for too long"),
            Closed::Terminated => terminated(),
            Closed::Prepared => Error::closed(
                "This connection is closed: its prepared transaction was dropped, and waits for commit-prepared or \
                 rollback-prepared",
            ),
        }
    }
}

impl From<Closed> for Discarded {
    fn from(closed: Closed) -> Discarded {
        match closed {
            Closed::ByGuest | Closed::Abandoned | Closed::Unfinished => Discarded::Abandoned,
            Closed::Cancelled => Discarded::Cancelled,
            Closed::TimedOut => Discarded::Timeout,
            Closed::Lost => Discarded::Lost,
            Closed::Idle => Discarded::IdleTransaction,
            Closed::Unread => Discarded::Unread,
            Closed::Terminated => Discarded::Terminated,
            Closed::Prepared => Discarded::Prepared,
        }
    }
}
