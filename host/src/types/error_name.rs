//! What errors are called where they are counted: as the contract calls them.

use super::{AbortReason, ErrorKind, Limit, ServerClass, Step};

impl ErrorKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            ErrorKind::Argument => "argument",
            ErrorKind::InvalidRequest | ErrorKind::BegunByStatement => "invalid-request",
            ErrorKind::ResourceClosed => "resource-closed",
            ErrorKind::Busy => "busy",
            ErrorKind::EngineDenied => "engine-denied",
            ErrorKind::StatementDenied => "statement-denied",
            ErrorKind::LimitExceeded(limit) => match limit {
                Limit::Connections => "limit-exceeded(connections)",
                Limit::Waiters => "limit-exceeded(waiters)",
                Limit::Statements => "limit-exceeded(statements)",
                Limit::SqlBytes => "limit-exceeded(sql-bytes)",
                Limit::Parameters => "limit-exceeded(parameters)",
                Limit::ParameterBytes => "limit-exceeded(parameter-bytes)",
                Limit::Columns => "limit-exceeded(columns)",
                Limit::RowBytes => "limit-exceeded(row-bytes)",
                Limit::ResultBytes => "limit-exceeded(result-bytes)",
                Limit::ResultRows => "limit-exceeded(result-rows)",
                Limit::PreparedTransactions => "limit-exceeded(prepared-transactions)",
                Limit::TransactionDepth => "limit-exceeded(transaction-depth)",
            },
            ErrorKind::Timeout(step) => match step {
                Step::Acquire => "timeout(acquire)",
                Step::Connect => "timeout(connect)",
                Step::Execute => "timeout(execute)",
                Step::Fetch => "timeout(fetch)",
                Step::Commit => "timeout(commit)",
                Step::Rollback => "timeout(rollback)",
            },
            ErrorKind::ServerTimeout => "timeout(execute)",
            ErrorKind::PoolClosed => "pool-closed",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::AuthFailed => "auth-failed",
            ErrorKind::TlsFailed => "tls-failed",
            ErrorKind::Server(server) => match server.class {
                ServerClass::Syntax => "server(syntax)",
                ServerClass::Constraint => "server(constraint)",
                ServerClass::Data => "server(data)",
                ServerClass::Deadlock => "server(deadlock)",
                ServerClass::LockTimeout => "server(lock-timeout)",
                ServerClass::Interrupted => "server(interrupted)",
                ServerClass::ReadOnly => "server(read-only)",
                ServerClass::Access => "server(access)",
                ServerClass::Resources => "server(resources)",
                ServerClass::NotSupported => "server(not-supported)",
                ServerClass::Other => "server(other)",
            },
            ErrorKind::ConnectionLost => "connection-lost",
            ErrorKind::TransactionAborted(reason) => match reason {
                AbortReason::Deadlock => "transaction-aborted(deadlock)",
                AbortReason::ImplicitCommit => "transaction-aborted(implicit-commit)",
                AbortReason::ConnectionLost => "transaction-aborted(connection-lost)",
                AbortReason::Idle => "transaction-aborted(idle)",
                AbortReason::Timeout => "transaction-aborted(timeout)",
                AbortReason::InnerRollback => "transaction-aborted(inner-rollback)",
                AbortReason::Other => "transaction-aborted(other)",
            },
            ErrorKind::CommitUnknown => "commit-unknown",
            ErrorKind::ValueUnsupported => "value-unsupported",
            ErrorKind::ProtocolViolation => "protocol-violation",
        }
    }
}

impl Limit {
    pub(crate) fn name(self) -> &'static str {
        inner(ErrorKind::LimitExceeded(self).name())
    }
}

impl AbortReason {
    pub(crate) fn name(self) -> &'static str {
        inner(ErrorKind::TransactionAborted(self).name())
    }
}

/// What is in the parentheses.
fn inner(name: &'static str) -> &'static str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_and_a_reason_are_called_as_in_their_errors() {
        assert_eq!(Limit::ParameterBytes.name(), "parameter-bytes");
        assert_eq!(ErrorKind::LimitExceeded(Limit::ParameterBytes).name(), "limit-exceeded(parameter-bytes)");
        assert_eq!(AbortReason::InnerRollback.name(), "inner-rollback");
    }
}
