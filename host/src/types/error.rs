//! The internal error type of this crate: a kind for branching, a message for people, and retry
//! advice.

use super::server_code::classify;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// The maximum size of a message that a guest receives. A hostile server can send 16 MiB.
const MESSAGE_BYTES: usize = 1024;

/// The step that a timeout interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Acquire,
    Connect,
    Execute,
    Fetch,
    Commit,
    Rollback,
}

/// The limit of the grant that a call exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    Connections,
    Waiters,
    Statements,
    SqlBytes,
    Parameters,
    ParameterBytes,
    Columns,
    RowBytes,
    ResultBytes,
    ResultRows,
    PreparedTransactions,
    TransactionDepth,
}

/// The class of a server error; see `server_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerClass {
    Syntax,
    Constraint,
    Data,
    Deadlock,
    LockTimeout,
    Interrupted,
    ReadOnly,
    Access,
    Resources,
    NotSupported,
    Other,
}

/// An error that the server reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerError {
    pub(crate) class: ServerClass,
    pub(crate) code: u16,
    pub(crate) sqlstate: String,
}

/// The reason why a transaction was aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AbortReason {
    Deadlock,
    ImplicitCommit,
    ConnectionLost,
    Idle,
    Timeout,
    InnerRollback,
    Other,
}

/// The kind of an error. Mirrors `error-kind` of `wit/types.wit`, which documents each case,
/// without the cases that the host never raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    Argument,
    InvalidRequest,
    ResourceClosed,
    Busy,
    EngineDenied,
    StatementDenied,
    LimitExceeded(Limit),
    Timeout(Step),
    /// The server stopped the statement at a deadline of the server. The connection and the
    /// transaction stay usable. Guests receive `timeout(execute)`.
    ServerTimeout,
    PoolClosed,
    /// The statement started a transaction, for example in a stored procedure. Guests receive
    /// `invalid-request`, and the session can't be used any more.
    BegunByStatement,
    Unreachable,
    AuthFailed,
    TlsFailed,
    Server(ServerError),
    ConnectionLost,
    TransactionAborted(AbortReason),
    CommitUnknown,
    ValueUnsupported,
    ProtocolViolation,
}

/// The state of the transaction that a failed call belonged to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransactionState {
    None,
    Open,
    RolledBack,
    Unknown,
}

/// Advice on whether and how to retry a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryAdvice {
    Never,
    NewTransaction,
    Later,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) transaction: TransactionState,
    pub(crate) retry: RetryAdvice,
}

impl Error {
    /// Creates an error with the retry advice of its kind. The connection fills in the state of the
    /// transaction.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        use ErrorKind as Kind;
        let retry = match &kind {
            Kind::Server(server) => classify(server.code).1,
            Kind::Timeout(Step::Acquire | Step::Connect)
            | Kind::LimitExceeded(Limit::Connections | Limit::Waiters)
            | Kind::Busy
            | Kind::Unreachable
            | Kind::ConnectionLost => RetryAdvice::Later,
            Kind::TransactionAborted(AbortReason::Deadlock | AbortReason::ConnectionLost) => {
                RetryAdvice::NewTransaction
            }
            _ => RetryAdvice::Never,
        };
        Self { kind, message: presentable(message.into()), transaction: TransactionState::None, retry }
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }

    pub(crate) fn server(code: u16, sqlstate: String, message: impl Into<String>) -> Self {
        let class = classify(code).0;
        Self::new(ErrorKind::Server(ServerError { class, code, sqlstate }), message)
    }

    pub(crate) fn limit(limit: Limit, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded(limit), message)
    }

    pub(crate) fn timeout(step: Step, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout(step), message)
    }

    pub(crate) fn closed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceClosed, message)
    }

    /// Sets the state of the transaction after the call, unless it was set before.
    pub(crate) fn in_transaction(mut self, state: TransactionState) -> Self {
        if self.transaction == TransactionState::None {
            self.transaction = state;
        }
        self
    }

    /// Appends the context to the message, in parentheses.
    pub(crate) fn context(mut self, context: impl AsRef<str>) -> Self {
        self.message = presentable(format!("{} ({})", self.message, context.as_ref()));
        self
    }
}

/// Truncates to `MESSAGE_BYTES` and replaces control characters, because the text of a server is
/// printed to terminals and logs.
fn presentable(mut message: String) -> String {
    if message.len() > MESSAGE_BYTES {
        let end = (0..=MESSAGE_BYTES - 3).rev().find(|&at| message.is_char_boundary(at)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    if message.chars().any(|c| c.is_control() && c != '\n') {
        message = message.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_truncated_without_control_characters() {
        let error = Error::argument("é".repeat(2000));
        assert!(error.message.len() <= MESSAGE_BYTES, "{}", error.message.len());
        assert!(error.message.ends_with("é…"));
        assert_eq!(Error::argument("a\u{1b}[31mb").message, "a [31mb");
    }
}
