//! What went wrong: a kind to branch on, and a message for people.

use crate::bindings::types as wit;
use std::fmt;

pub use wit::{AbortReason, Limit, RetryAdvice, ServerClass, ServerError, Step, TransactionState};

/// What every call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed call.
///
/// It displays as its message, followed by the server's numbers where the server sent it:
/// `Duplicate entry '1' for key 'PRIMARY' (1062, 23000)`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .0.message, Numbers(&.0.kind))]
// Boxed, so that a `Result` of a single cell stays small.
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    transaction: TransactionState,
    retry: RetryAdvice,
}

/// What went wrong, for branching.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was wrong: bad parameters, an option out of range. Nothing was sent.
    Argument,
    /// The call was right, but not in this state; or a column was asked for by a name that several have.
    InvalidRequest,
    /// The result has no such column.
    NoSuchColumn,
    /// A cell can't be read as the type that was asked for: it is NULL, of another type, or out of range.
    Decode,
    /// A row was required and there was none.
    NoResultFound,
    /// One row at most was required and there were more.
    MultipleResultsFound,
    /// The connection, transaction, statement or result is closed; or rows were asked for of a statement that returns
    /// none.
    ResourceClosed,
    /// Another call is in flight on this connection, or a result of it is open.
    Busy,
    /// The host has no such database for this plugin. Unknown and not granted are the same on purpose.
    EngineDenied,
    /// The grant does not allow this kind of statement. Nothing was sent.
    StatementDenied,
    /// A limit of the grant.
    LimitExceeded(Limit),
    /// A deadline passed. The server was asked to stop the statement that was running, and its connection is closed.
    Timeout(Step),
    /// The engine was closed.
    PoolClosed,
    /// No connection could be made.
    Unreachable,
    /// The server refused the account.
    AuthFailed,
    /// TLS was required and could not be had, or the server's certificate is not good.
    TlsFailed,
    /// The server reported an error.
    Server(ServerError),
    /// The connection broke. Whether the statement that was running took effect is unknown.
    ConnectionLost,
    /// The transaction is gone; only rolling back is of use.
    TransactionAborted(AbortReason),
    /// COMMIT was sent and its answer never came: it may have happened or not. Look before you repeat it.
    CommitUnknown,
    /// A value the contract or the server's type can't hold.
    ValueUnsupported,
    /// The server, or the host, broke the protocol.
    ProtocolViolation,
    /// A kind of a later version of the contract, by its name.
    Other(String),
}

impl Error {
    /// An error found on this side of the contract; no transaction is touched by it.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            transaction: TransactionState::None,
            retry: RetryAdvice::Never,
        }))
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }

    /// Adds to the message what the caller knows.
    pub(crate) fn with(mut self, more: impl fmt::Display) -> Self {
        self.0.message = format!("{}{more}", self.0.message);
        self
    }

    /// What went wrong, for branching.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The text for people. Never parse it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// MySQL's error number, for example 1062; `None` unless the server reported the error.
    pub fn code(&self) -> Option<u16> {
        self.server().map(|server| server.code)
    }

    /// The five characters of SQLSTATE; `None` unless the server reported the error.
    pub fn sqlstate(&self) -> Option<&str> {
        self.server().map(|server| server.sqlstate.as_str())
    }

    /// The class of the server's error; `None` unless the server reported the error.
    pub fn server_class(&self) -> Option<ServerClass> {
        self.server().map(|server| server.class)
    }

    fn server(&self) -> Option<&ServerError> {
        match &self.0.kind {
            ErrorKind::Server(server) => Some(server),
            _ => None,
        }
    }

    /// Whether trying again makes sense, and of what.
    pub fn retry(&self) -> RetryAdvice {
        self.0.retry
    }

    /// Whether `retry` is anything but `Never`.
    pub fn is_retryable(&self) -> bool {
        self.0.retry != RetryAdvice::Never
    }

    /// What became of the transaction that the failed call belonged to. `None` for errors that were found before the
    /// host was asked, such as a cell that can't be read.
    pub fn transaction_state(&self) -> TransactionState {
        self.0.transaction
    }
}

/// Where a row was required.
#[cold]
pub(crate) fn none_found() -> Error {
    Error::new(ErrorKind::NoResultFound, "no row was found when one was required")
}

/// Where one row at most was required.
#[cold]
pub(crate) fn several_found() -> Error {
    Error::new(ErrorKind::MultipleResultsFound, "more than one row was found when at most one was required")
}

/// The tail of the display of a server's error.
struct Numbers<'e>(&'e ErrorKind);

impl fmt::Display for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ErrorKind::Server(server) => write!(f, " ({}, {})", server.code, server.sqlstate),
            _ => Ok(()),
        }
    }
}

impl From<wit::Error> for Error {
    fn from(error: wit::Error) -> Self {
        Self(Box::new(Inner {
            kind: error.kind.into(),
            message: error.message,
            transaction: error.transaction,
            retry: error.retry,
        }))
    }
}

impl From<wit::ErrorKind> for ErrorKind {
    fn from(kind: wit::ErrorKind) -> Self {
        match kind {
            wit::ErrorKind::Argument => Self::Argument,
            wit::ErrorKind::InvalidRequest => Self::InvalidRequest,
            wit::ErrorKind::NoSuchColumn => Self::NoSuchColumn,
            wit::ErrorKind::ResourceClosed => Self::ResourceClosed,
            wit::ErrorKind::Busy => Self::Busy,
            wit::ErrorKind::EngineDenied => Self::EngineDenied,
            wit::ErrorKind::StatementDenied => Self::StatementDenied,
            wit::ErrorKind::LimitExceeded(limit) => Self::LimitExceeded(limit),
            wit::ErrorKind::Timeout(step) => Self::Timeout(step),
            wit::ErrorKind::PoolClosed => Self::PoolClosed,
            wit::ErrorKind::Unreachable => Self::Unreachable,
            wit::ErrorKind::AuthFailed => Self::AuthFailed,
            wit::ErrorKind::TlsFailed => Self::TlsFailed,
            wit::ErrorKind::Server(server) => Self::Server(server),
            wit::ErrorKind::ConnectionLost => Self::ConnectionLost,
            wit::ErrorKind::TransactionAborted(reason) => Self::TransactionAborted(reason),
            wit::ErrorKind::CommitUnknown => Self::CommitUnknown,
            wit::ErrorKind::ValueUnsupported => Self::ValueUnsupported,
            wit::ErrorKind::ProtocolViolation => Self::ProtocolViolation,
            wit::ErrorKind::Other(name) => Self::Other(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duplicate_key() -> Error {
        Error::from(wit::Error {
            kind: wit::ErrorKind::Server(ServerError {
                class: ServerClass::Constraint,
                code: 1062,
                sqlstate: "23000".to_owned(),
            }),
            message: "Duplicate entry '1' for key 'PRIMARY'".to_owned(),
            transaction: TransactionState::Open,
            retry: RetryAdvice::Never,
        })
    }

    #[test]
    fn a_servers_error_displays_its_numbers() {
        let error = duplicate_key();
        assert_eq!(error.to_string(), "Duplicate entry '1' for key 'PRIMARY' (1062, 23000)");
        assert_eq!(error.message(), "Duplicate entry '1' for key 'PRIMARY'");
        assert_eq!((error.code(), error.sqlstate()), (Some(1062), Some("23000")));
        assert_eq!(error.server_class(), Some(ServerClass::Constraint));
        assert_eq!(error.transaction_state(), TransactionState::Open);
        assert!(!error.is_retryable());
    }

    #[test]
    fn an_error_of_ours_displays_its_message_alone() {
        let error = Error::argument("no rows").with(", table t");
        assert_eq!(error.to_string(), "no rows, table t");
        assert_eq!((error.code(), error.sqlstate()), (None, None));
    }

    #[test]
    fn a_result_of_a_cell_is_small() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }
}
