//! The details of an error kind. They have the cases of the contract; a later version can add some.

use crate::bindings::types as wit;

/// Defines a copy of an enum of the contract that can grow without breaking its users.
macro_rules! details {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$case_doc])* $case,)*
        }

        impl From<wit::$name> for $name {
            fn from(detail: wit::$name) -> Self {
                match detail {
                    $(wit::$name::$case => Self::$case,)*
                }
            }
        }
    )*};
}

details! {
    /// The reason why a transaction can no longer be committed.
    AbortReason {
        /// The transaction was the victim of a deadlock.
        Deadlock,
        /// A statement committed the transaction implicitly, as DDL does.
        ImplicitCommit,
        /// The connection broke or was closed.
        ConnectionLost,
        /// The transaction was idle for too long.
        Idle,
        /// The transaction was open for too long, or one of its statements timed out.
        Timeout,
        /// An inner transaction (a `begin` inside a `begin`) was rolled back.
        InnerRollback,
        /// The server ended the transaction, or a reason of a later version of the contract.
        Other,
    }

    /// The limit of the grant that a call exceeded. The message includes the requested and the
    /// allowed amount.
    Limit {
        /// Connections that this guest holds at once.
        Connections,
        /// Calls that wait for a connection.
        Waiters,
        /// Prepared statements that the connection holds.
        Statements,
        /// Length of a statement's text.
        SqlBytes,
        /// Number of parameters.
        Parameters,
        /// Size of one parameter, or of all parameters.
        ParameterBytes,
        /// Number of columns of a result.
        Columns,
        /// Size of one row.
        RowBytes,
        /// Size of a whole result.
        ResultBytes,
        /// Number of rows of a whole result.
        ResultRows,
        /// Two-phase transactions that are prepared and neither committed nor rolled back.
        PreparedTransactions,
        /// Depth of nested transactions, including savepoints.
        TransactionDepth,
        /// A limit of a later version of the contract.
        Other,
    }

    /// The class of a server error, derived from its code.
    ServerClass {
        /// The statement is invalid: a syntax error, an unknown table or column.
        Syntax,
        /// A key, a foreign key, NOT NULL or CHECK constraint is violated.
        Constraint,
        /// A value does not fit its column.
        Data,
        /// The transaction was the victim of a deadlock and is rolled back.
        Deadlock,
        /// Waiting for a lock timed out. The statement was rolled back; the transaction stays open.
        LockTimeout,
        /// The statement was killed or exceeded its time limit.
        Interrupted,
        /// The server or the transaction is read-only.
        ReadOnly,
        /// The account lacks a required privilege.
        Access,
        /// The server has exhausted a resource: connections, memory, disk.
        Resources,
        /// The server does not support the request.
        NotSupported,
        /// Any other class.
        Other,
    }

    /// The step that a timeout interrupted.
    Step {
        /// Waiting for a connection from the pool.
        Acquire,
        /// Connecting to the server and logging in.
        Connect,
        /// Executing a statement, up to its first rows.
        Execute,
        /// Waiting for further rows.
        Fetch,
        /// COMMIT. A commit that was sent is reported as `commit-unknown` instead.
        Commit,
        /// ROLLBACK. The connection is closed, which also rolls back.
        Rollback,
        /// A step of a later version of the contract.
        Other,
    }
}

/// An error that the server reported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The class, derived from the code.
    pub class: ServerClass,
    /// MySQL's error number, for example 1062.
    pub code: u16,
    /// The five characters of the SQLSTATE, for example `23000`.
    pub sqlstate: String,
}

impl From<wit::ServerError> for ServerError {
    fn from(error: wit::ServerError) -> Self {
        Self { class: error.class.into(), code: error.code, sqlstate: error.sqlstate }
    }
}
