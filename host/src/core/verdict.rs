//! What an error says of the session that it came over.

use crate::types::{Error, ErrorKind, Limit, ends_session};

/// Whether it tells of rows that can't be handed over. They are left unread, and the session is sound once they are read.
pub(super) fn is_of_rows(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::ValueUnsupported | ErrorKind::LimitExceeded(Limit::Columns))
}

/// Whether the error tells that the session was gone.
pub(super) fn is_gone(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => ends_session(server.code),
        // Whoever kills a session leaves it a message that is no answer.
        ErrorKind::ConnectionLost | ErrorKind::ProtocolViolation => true,
        _ => false,
    }
}

/// Whether a session can't be trusted after this error.
pub(super) fn ends(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::Server(server) => ends_session(server.code),
        ErrorKind::Timeout(_)
        | ErrorKind::ConnectionLost
        | ErrorKind::ProtocolViolation
        | ErrorKind::CommitUnknown
        | ErrorKind::PoolClosed
        | ErrorKind::BegunByStatement
        | ErrorKind::ValueUnsupported
        | ErrorKind::LimitExceeded(Limit::RowBytes | Limit::Columns | Limit::ResultRows | Limit::ResultBytes) => true,
        _ => false,
    }
}
