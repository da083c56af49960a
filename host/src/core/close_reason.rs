//! Why a connection is closed: what its guest is told, and what it is counted as.

use super::deadline::terminated;
use crate::telemetry::Discarded;
use crate::types::Error;

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CloseReason {
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
    /// A lock by name was held for too long.
    NamedLock,
    Terminated,
    /// A prepared transaction was dropped; it is the server's now.
    Prepared,
}

impl CloseReason {
    /// What a call on such a connection is told.
    pub(super) fn error(self) -> Error {
        match self {
            CloseReason::ByGuest => Error::closed("This connection is closed"),
            CloseReason::Cancelled => Error::closed("This connection is closed: a call on it was cancelled"),
            CloseReason::TimedOut => Error::closed("This connection is closed: a call on it ran out of time"),
            CloseReason::Lost => Error::closed("This connection is closed: it broke earlier"),
            CloseReason::Abandoned => Error::closed(
                "This connection is closed: a result was dropped, and its rest did not come within 50 ms; read results to their end, or \
                 use LIMIT",
            ),
            CloseReason::Unfinished => Error::closed(
                "This connection is closed: a result was dropped, and its statement did not come to its end in time; whether its \
                 changes are kept is unknown",
            ),
            CloseReason::Idle => Error::closed("This connection is closed: its transaction was idle for too long"),
            CloseReason::Unread => Error::closed("This connection is closed: a result of it was not read for too long"),
            CloseReason::NamedLock => Error::closed(
                "This connection is closed: it took locks by name (GET_LOCK), which may be held for as long as a transaction may be open, \
                 and without a statement for as long as one may be idle; they are released",
            ),
            CloseReason::Terminated => terminated(),
            CloseReason::Prepared => Error::closed(
                "This connection is closed: its prepared transaction was dropped, and waits for commit-prepared or \
                 rollback-prepared",
            ),
        }
    }
}

impl From<CloseReason> for Discarded {
    fn from(closed: CloseReason) -> Discarded {
        match closed {
            CloseReason::ByGuest | CloseReason::Abandoned | CloseReason::Unfinished => Discarded::Abandoned,
            CloseReason::Cancelled => Discarded::Cancelled,
            CloseReason::TimedOut => Discarded::Timeout,
            CloseReason::Lost => Discarded::Lost,
            CloseReason::Idle => Discarded::IdleTransaction,
            CloseReason::Unread => Discarded::Unread,
            CloseReason::NamedLock => Discarded::NamedLock,
            CloseReason::Terminated => Discarded::Terminated,
            CloseReason::Prepared => Discarded::Prepared,
        }
    }
}
