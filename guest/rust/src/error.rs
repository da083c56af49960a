//! Errors: a kind for programs, and a message for people.

use std::fmt;

use crate::bindings::types as wit;

pub use crate::error_details::{AbortReason, Limit, ServerClass, ServerError, Step};
pub use wit::{RetryAdvice, TransactionState};

/// The result of every call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a failed call.
///
/// `Display` shows the message. An error of the server is followed by its number and SQLSTATE:
/// `Duplicate entry '1' for key 'PRIMARY' (1062, 23000)`.
///
/// # Examples
///
/// ```
/// use wasmysql::{Connection, ErrorKind, Result};
///
/// async fn insert(conn: &mut Connection, name: &str) -> Result<bool> {
///     match conn.execute("INSERT INTO people (name) VALUES (?)", (name,)).await {
///         Ok(_) => Ok(true),
///         Err(error) if error.code() == Some(1062) => Ok(false),
///         Err(error) => {
///             if let ErrorKind::Timeout(step) = error.kind() {
///                 eprintln!("timeout at {step:?}");
///             }
///             Err(error)
///         }
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .0.message, Numbers(&.0.kind))]
// Boxed, so that the `Result` of a single cell stays small.
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    transaction: TransactionState,
    retry: RetryAdvice,
}

/// The kind of an error, for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call is invalid: wrong parameters, an option out of range. Nothing was executed, except
    /// that `execute_many` may have sent earlier batches.
    Argument,
    /// The call is valid, but not in this state; or several columns have the requested name.
    InvalidRequest,
    /// The result has no such column.
    NoSuchColumn,
    /// A cell can't be read as the requested type: it is NULL, of another type, or out of range.
    Decode,
    /// A row was required, but the result has none.
    NoResultFound,
    /// At most one row was required, but the result has more.
    MultipleResultsFound,
    /// The connection, transaction, statement or result is closed; or rows were requested of a
    /// statement that returns none.
    ResourceClosed,
    /// Another call is in flight on this connection, or a result of the connection is open.
    Busy,
    /// The host has no such database for this plugin. For security, an unknown database and a
    /// database without a grant give the same error.
    EngineDenied,
    /// The grant does not allow this kind of statement. Nothing was sent.
    StatementDenied,
    /// A limit of the grant was exceeded.
    LimitExceeded(Limit),
    /// A deadline passed. The host kills the statement and closes its connection.
    Timeout(Step),
    /// The engine is closed.
    PoolClosed,
    /// Connecting failed: the server does not listen, or its name does not resolve.
    Unreachable,
    /// The server refused the account.
    AuthFailed,
    /// TLS is required but could not be established, or the server's certificate is not valid.
    TlsFailed,
    /// The server reported an error.
    Server(ServerError),
    /// The connection broke. Whether the running statement took effect is unknown.
    ConnectionLost,
    /// The transaction can no longer be committed. Roll it back.
    TransactionAborted(AbortReason),
    /// The commit is in doubt: COMMIT was sent, but no answer shows whether the commit happened.
    /// Check whether the transaction was committed before you repeat it.
    CommitUnknown,
    /// The contract or the server type can't represent a value.
    ValueUnsupported,
    /// The server or the host violated the protocol.
    ProtocolViolation,
    /// A kind of a later version of the contract, with its name.
    Other(String),
}

impl Error {
    /// Creates an error that the SDK itself detected. It affects no transaction.
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

    /// Appends to the message.
    pub(crate) fn with(mut self, more: impl fmt::Display) -> Self {
        self.0.message = format!("{}{more}", self.0.message);
        self
    }

    /// Returns the kind, for programs.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns the text for people. Never parse it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns MySQL's error number, for example 1062, or `None` unless the server reported the
    /// error.
    pub fn code(&self) -> Option<u16> {
        self.server().map(|server| server.code)
    }

    /// Returns the five characters of the SQLSTATE, or `None` unless the server reported the error.
    pub fn sqlstate(&self) -> Option<&str> {
        self.server().map(|server| server.sqlstate.as_str())
    }

    /// Returns the class of the server's error, or `None` unless the server reported the error.
    pub fn server_class(&self) -> Option<ServerClass> {
        self.server().map(|server| server.class)
    }

    fn server(&self) -> Option<&ServerError> {
        match &self.0.kind {
            ErrorKind::Server(server) => Some(server),
            _ => None,
        }
    }

    /// Returns whether to retry, and whether to retry the call or the whole transaction.
    pub fn retry(&self) -> RetryAdvice {
        self.0.retry
    }

    /// Returns whether [`retry`](Self::retry) is not `Never`.
    pub fn is_retryable(&self) -> bool {
        self.0.retry != RetryAdvice::Never
    }

    /// Returns the state of the transaction that the failed call belonged to. It is `None` for
    /// errors that the SDK itself detected, such as a cell that can't be read.
    pub fn transaction_state(&self) -> TransactionState {
        self.0.transaction
    }
}

/// The error for a missing row.
#[cold]
pub(crate) fn none_found() -> Error {
    Error::new(ErrorKind::NoResultFound, "no row was found when one was required")
}

/// The error for a second row.
#[cold]
pub(crate) fn several_found() -> Error {
    Error::new(ErrorKind::MultipleResultsFound, "more than one row was found when at most one was required")
}

/// Displays the number and the SQLSTATE of a server error.
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
            wit::ErrorKind::LimitExceeded(limit) => Self::LimitExceeded(limit.into()),
            wit::ErrorKind::Timeout(step) => Self::Timeout(step.into()),
            wit::ErrorKind::PoolClosed => Self::PoolClosed,
            wit::ErrorKind::Unreachable => Self::Unreachable,
            wit::ErrorKind::AuthFailed => Self::AuthFailed,
            wit::ErrorKind::TlsFailed => Self::TlsFailed,
            wit::ErrorKind::Server(server) => Self::Server(server.into()),
            wit::ErrorKind::ConnectionLost => Self::ConnectionLost,
            wit::ErrorKind::TransactionAborted(reason) => Self::TransactionAborted(reason.into()),
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
            kind: wit::ErrorKind::Server(wit::ServerError {
                class: wit::ServerClass::Constraint,
                code: 1062,
                sqlstate: "23000".to_owned(),
            }),
            message: "Duplicate entry '1' for key 'PRIMARY'".to_owned(),
            transaction: TransactionState::Open,
            retry: RetryAdvice::Never,
        })
    }

    #[test]
    fn server_error_displays_number_and_sqlstate() {
        let error = duplicate_key();
        assert_eq!(error.to_string(), "Duplicate entry '1' for key 'PRIMARY' (1062, 23000)");
        assert_eq!(error.message(), "Duplicate entry '1' for key 'PRIMARY'");
        assert_eq!((error.code(), error.sqlstate()), (Some(1062), Some("23000")));
        assert_eq!(error.server_class(), Some(ServerClass::Constraint));
        assert_eq!(error.transaction_state(), TransactionState::Open);
        assert!(!error.is_retryable());
    }

    #[test]
    fn sdk_error_displays_its_message_only() {
        let error = Error::argument("no rows").with(", table t");
        assert_eq!(error.to_string(), "no rows, table t");
        assert_eq!((error.code(), error.sqlstate()), (None, None));
    }

    #[test]
    fn result_is_as_small_as_a_pointer() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }
}
