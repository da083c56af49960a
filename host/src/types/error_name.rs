//! The names of errors in metrics. They are the names of the contract.

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
            ErrorKind::LimitExceeded(limit) => limit.kind_name(),
            ErrorKind::Timeout(step) => step.kind_name(),
            ErrorKind::ServerTimeout => "timeout(execute)",
            ErrorKind::PoolClosed => "pool-closed",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::AuthFailed => "auth-failed",
            ErrorKind::TlsFailed => "tls-failed",
            ErrorKind::Server(server) => server.class.kind_name(),
            ErrorKind::ConnectionLost => "connection-lost",
            ErrorKind::TransactionAborted(reason) => reason.kind_name(),
            ErrorKind::CommitUnknown => "commit-unknown",
            ErrorKind::ValueUnsupported => "value-unsupported",
            ErrorKind::ProtocolViolation => "protocol-violation",
        }
    }
}

/// Defines the names of an error kind with its details.
macro_rules! detail_names {
    ($($kind:literal: $detail:ident { $($case:ident = $name:literal),* $(,)? })*) => {$(
        impl $detail {
            /// Returns the name of the error kind with this detail.
            fn kind_name(self) -> &'static str {
                match self {
                    $($detail::$case => concat!($kind, "(", $name, ")"),)*
                }
            }
        }
    )*};
}

detail_names! {
    "limit-exceeded": Limit {
        Connections = "connections",
        Waiters = "waiters",
        Statements = "statements",
        SqlBytes = "sql-bytes",
        Parameters = "parameters",
        ParameterBytes = "parameter-bytes",
        Columns = "columns",
        RowBytes = "row-bytes",
        ResultBytes = "result-bytes",
        ResultRows = "result-rows",
        PreparedTransactions = "prepared-transactions",
        TransactionDepth = "transaction-depth",
    }
    "timeout": Step {
        Acquire = "acquire",
        Connect = "connect",
        Execute = "execute",
        Fetch = "fetch",
        Commit = "commit",
        Rollback = "rollback",
    }
    "server": ServerClass {
        Syntax = "syntax",
        Constraint = "constraint",
        Data = "data",
        Deadlock = "deadlock",
        LockTimeout = "lock-timeout",
        Interrupted = "interrupted",
        ReadOnly = "read-only",
        Access = "access",
        Resources = "resources",
        NotSupported = "not-supported",
        Other = "other",
    }
    "transaction-aborted": AbortReason {
        Deadlock = "deadlock",
        ImplicitCommit = "implicit-commit",
        ConnectionLost = "connection-lost",
        Idle = "idle",
        Timeout = "timeout",
        InnerRollback = "inner-rollback",
        Other = "other",
    }
}

impl Limit {
    pub(crate) fn name(self) -> &'static str {
        detail(self.kind_name())
    }
}

impl AbortReason {
    pub(crate) fn name(self) -> &'static str {
        detail(self.kind_name())
    }
}

/// Returns the text in the parentheses.
fn detail(name: &'static str) -> &'static str {
    let detail = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    detail.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_reasons_have_the_names_of_their_errors() {
        assert_eq!(Limit::ParameterBytes.name(), "parameter-bytes");
        assert_eq!(ErrorKind::LimitExceeded(Limit::ParameterBytes).name(), "limit-exceeded(parameter-bytes)");
        assert_eq!(AbortReason::InnerRollback.name(), "inner-rollback");
    }
}
