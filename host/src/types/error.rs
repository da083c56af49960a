//! The one error of this crate's insides: a kind for branching, and a record for people and for what to do next.

use super::server_code::classify;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// No message crosses to a guest longer than this: a hostile server can send 16 MiB of it.
const MESSAGE_BYTES: usize = 1024;

/// What a timeout interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Acquire,
    Connect,
    Execute,
    Fetch,
    Commit,
    Rollback,
}

/// Which limit of the grant a call went over.
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

/// What kind of error the server reported; see `server_code`.
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

/// An error the server reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerError {
    pub(crate) class: ServerClass,
    pub(crate) code: u16,
    pub(crate) sqlstate: String,
}

/// Why a transaction can go no further.
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

/// What went wrong, for branching. Mirrors `error-kind` of `wit/types.wit`, where each case is explained; cases
/// that the host never raises are absent.
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
    /// A statement's timeout too, but the server's own: the connection, and the transaction, can go on.
    ServerTimeout,
    PoolClosed,
    /// A statement has begun a transaction, as a procedure can: an invalid request, after which the session can't be gone on with.
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

/// What became of the transaction a failed call belonged to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransactionState {
    None,
    Open,
    RolledBack,
    Unknown,
}

/// Whether trying again makes sense.
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
    /// An error with the retry advice that goes with its kind. The transaction's state is filled in by the connection, which
    /// knows it.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
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
        Error { kind, message: presentable(message.into()), transaction: TransactionState::None, retry }
    }

    pub(crate) fn argument(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Argument, message)
    }

    pub(crate) fn server(code: u16, sqlstate: String, message: impl Into<String>) -> Error {
        let class = classify(code).0;
        Error::new(ErrorKind::Server(ServerError { class, code, sqlstate }), message)
    }

    pub(crate) fn limit(limit: Limit, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::LimitExceeded(limit), message)
    }

    pub(crate) fn timeout(step: Step, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Timeout(step), message)
    }

    pub(crate) fn closed(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::ResourceClosed, message)
    }

    /// Adds to the message where it happened.
    pub(crate) fn context(mut self, context: impl AsRef<str>) -> Error {
        self.message = presentable(format!("{} ({})", self.message, context.as_ref()));
        self
    }
}

/// Cuts to `MESSAGE_BYTES` and drops control characters: a server's text ends up in terminals and logs.
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
    fn a_message_is_cut_at_a_character_and_holds_no_control_characters() {
        let error = Error::argument("é".repeat(2000));
        assert!(error.message.len() <= MESSAGE_BYTES, "{}", error.message.len());
        assert!(error.message.ends_with("é…"));
        assert_eq!(Error::argument("a\u{1b}[31mb").message, "a [31mb");
    }
}
