//! Why a connection was closed, and which errors close a connection. All conversions between the
//! enums of reasons are in this file: close reasons, abort reasons and the label of a metric.

use super::deadline::{request_cancelled, terminated};
use crate::telemetry::Discarded;
use crate::types::{AbortReason, Error, ErrorKind, Limit, ends_session};

/// Why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CloseReason {
    ByGuest,
    /// A call on the connection was cancelled.
    Cancelled,
    /// A deadline passed.
    TimedOut,
    /// The connection broke, or the host does not trust its state.
    Lost,
    /// A cursor was dropped, and the rest of its result did not arrive in time.
    Abandoned,
    /// A cursor was dropped, and its statement, which may change data, did not finish in time.
    Unfinished,
    /// The transaction was idle for too long.
    Idle,
    /// The guest did not read an open result for too long.
    Unread,
    /// A named lock was held for too long.
    NamedLock,
    /// The engine was terminated.
    Terminated,
    /// A prepared transaction was dropped. The server keeps it.
    Prepared,
    /// The request that acquired the connection has ended.
    RequestEnded,
    /// The host cancelled the request that acquired the connection.
    RequestCancelled,
}

impl CloseReason {
    /// Returns the error of a call on a connection that was closed for this reason.
    pub(super) fn error(self) -> Error {
        match self {
            CloseReason::ByGuest => Error::closed("This connection is closed"),
            CloseReason::Cancelled => Error::closed("This connection is closed: a call on it was cancelled"),
            CloseReason::TimedOut => Error::closed("This connection is closed: a call on it timed out"),
            CloseReason::Lost => Error::closed("This connection is closed: it ended during an earlier call"),
            CloseReason::Abandoned => Error::closed(
                "This connection is closed: a result was dropped, and its remaining rows did not arrive within 50 ms; \
                 read results to their end, or use LIMIT",
            ),
            CloseReason::Unfinished => Error::closed(
                "This connection is closed: a result was dropped, and its statement did not finish in time; whether its \
                 changes were kept is unknown",
            ),
            CloseReason::Idle => Error::closed("This connection is closed: its transaction was idle for too long"),
            CloseReason::Unread => {
                Error::closed("This connection is closed: its open result was not read for too long")
            }
            CloseReason::NamedLock => Error::closed(
                "This connection is closed: it held named locks (GET_LOCK) for longer than a transaction may be open, or \
                 for longer than a transaction may be idle without a statement; the locks are released",
            ),
            CloseReason::Terminated => terminated(),
            CloseReason::Prepared => Error::closed(
                "This connection is closed: its prepared transaction was dropped, and waits for commit-prepared or \
                 rollback-prepared",
            ),
            CloseReason::RequestEnded => Error::closed(
                "This connection is closed: the request that acquired it has ended; acquire a connection for each request, \
                 and close it before the response ends",
            ),
            CloseReason::RequestCancelled => request_cancelled(),
        }
    }

    /// Returns the reason for which an open transaction ends with the connection. `None` if the
    /// guest closed the connection, which rolls back before.
    pub(super) fn abort_reason(self) -> Option<AbortReason> {
        match self {
            CloseReason::ByGuest => None,
            CloseReason::Idle | CloseReason::RequestEnded => Some(AbortReason::Idle),
            CloseReason::TimedOut | CloseReason::Unread | CloseReason::NamedLock => Some(AbortReason::Timeout),
            CloseReason::Cancelled
            | CloseReason::Lost
            | CloseReason::Abandoned
            | CloseReason::Unfinished
            | CloseReason::Terminated
            | CloseReason::Prepared
            | CloseReason::RequestCancelled => Some(AbortReason::ConnectionLost),
        }
    }

    /// Returns the reason for which a failed call closes its connection.
    pub(super) fn of_error(error: &Error) -> Self {
        match error.kind {
            ErrorKind::Timeout(_) => CloseReason::TimedOut,
            ErrorKind::PoolClosed => CloseReason::Terminated,
            ErrorKind::ResourceClosed => CloseReason::RequestCancelled,
            _ => CloseReason::Lost,
        }
    }
}

impl From<CloseReason> for Discarded {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::ByGuest | CloseReason::Abandoned | CloseReason::Unfinished => Discarded::Abandoned,
            CloseReason::Cancelled | CloseReason::RequestCancelled => Discarded::Cancelled,
            CloseReason::TimedOut => Discarded::Timeout,
            CloseReason::Lost => Discarded::Lost,
            CloseReason::Idle => Discarded::IdleTransaction,
            CloseReason::Unread => Discarded::Unread,
            CloseReason::NamedLock => Discarded::NamedLock,
            CloseReason::Terminated => Discarded::Terminated,
            CloseReason::Prepared => Discarded::Prepared,
            CloseReason::RequestEnded => Discarded::RequestEnded,
        }
    }
}

/// Returns whether the error is about a result that can't be returned. The session is usable again
/// once the rest of the result is read.
pub(super) fn is_about_result(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::ValueUnsupported | ErrorKind::LimitExceeded(Limit::Columns)) || is_too_large(error)
}

/// Returns whether the error is about a result that is larger than the grant allows.
pub(super) fn is_too_large(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::LimitExceeded(Limit::RowBytes | Limit::ResultRows | Limit::ResultBytes))
}

/// Returns whether the error shows that the session had ended before the call.
pub(super) fn is_gone(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => ends_session(server.code),
        // A killed session receives an unsolicited error packet.
        ErrorKind::ConnectionLost | ErrorKind::ProtocolViolation => true,
        _ => false,
    }
}

/// Returns whether the session must be closed after this error.
pub(super) fn closes_session(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => ends_session(server.code),
        ErrorKind::Timeout(_)
        | ErrorKind::ConnectionLost
        | ErrorKind::ProtocolViolation
        | ErrorKind::CommitUnknown
        | ErrorKind::PoolClosed
        | ErrorKind::ResourceClosed
        | ErrorKind::BegunByStatement
        | ErrorKind::ValueUnsupported
        | ErrorKind::LimitExceeded(Limit::RowBytes | Limit::Columns | Limit::ResultRows | Limit::ResultBytes) => true,
        _ => false,
    }
}
