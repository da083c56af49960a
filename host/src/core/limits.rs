//! The default limits of grants and the timeouts of the host's own commands, each with its reason.

use std::time::Duration;

/// Connections that a guest holds at once. A plugin runs one or two statements at a time. Four
/// connections leave most of a pool of ten to other guests.
pub(crate) const CONNECTIONS: usize = 4;

/// Calls that wait for a connection of one pool, of all guests. Each waiter uses a few hundred
/// bytes. With a thousand waiters for ten connections, the last waiter already times out.
pub(crate) const WAITERS: usize = 1000;

/// The acquire timeout. Long enough for a burst to pass, and short enough for a person to wait for
/// an error.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time of a statement until its first rows arrive. Vitess and most web stacks also use 30 s.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// The wait for further rows of a result, and the time in which the guest must fetch them.
pub(crate) const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// The time of a COMMIT. After a timeout the commit is in doubt, so the limit is generous.
pub(crate) const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time of a transaction from its begin. It holds locks that other sessions wait for. Vitess
/// uses 30 s, and a batch job needs a grant with a higher limit.
pub(crate) const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);

/// The time of a transaction without a call. Between two statements a plugin computes, or calls
/// another service with its own deadline. That takes milliseconds, at worst seconds.
pub(crate) const IDLE_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);

/// The time after a request in which a connection that the request acquired stays open without a
/// call. Work after a response takes milliseconds, and each such connection is missing in the pool.
pub(crate) const LEFT_OPEN: Duration = Duration::from_secs(1);

/// The time of a ROLLBACK for which a call of the guest waits, also when it closes a connection.
pub(crate) const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(10);

/// The wait of `engine.close` for the release of all connections. Without a limit, a guest that
/// still holds a connection would wait for ever.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// The time after the grace of a shutdown in which the host closes connections and kills their
/// statements, and the servers end the sessions.
pub(crate) const CUT_TIMEOUT: Duration = Duration::from_secs(3);

/// The time of a ROLLBACK after the guest dropped a transaction. Its next statement waits for it.
pub(crate) const CLEANUP_TIMEOUT: Duration = Duration::from_secs(2);

/// The time in which the rest of a dropped cursor is read before the session is closed. A new
/// connection takes about as long.
pub(crate) const ABANDON_TIMEOUT: Duration = Duration::from_millis(50);

/// Prepared two-phase transactions of a guest. They keep their locks even after the guest has
/// ended, so the number is low. A working coordinator commits or rolls back each of them within
/// moments.
pub(crate) const PREPARED_TRANSACTIONS: usize = 8;

/// Nested transactions on one connection. Functions that each begin a transaction and call each
/// other reach ten levels. The limit stops endless recursion.
pub(crate) const TRANSACTION_DEPTH: usize = 64;

/// Prepared statements that a guest holds on one connection. A plugin has fewer, and the server has
/// 16,382 for all its sessions (`max_prepared_stmt_count`).
pub(crate) const STATEMENTS: usize = 64;

/// Bytes of the texts of all prepared statements that a guest holds on one connection: two texts of
/// the maximum length.
pub(crate) const HELD_SQL_BYTES: usize = 2 * SQL_BYTES;

/// Bytes of the columns of all prepared statements that a guest holds on one connection. A column
/// takes about 400 bytes, so 64 statements of 150 columns fit.
pub(crate) const HELD_COLUMN_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of the text of a statement. Generated reports reach some 100 KiB. A longer text contains
/// data that belongs in parameters.
pub(crate) const SQL_BYTES: usize = 1024 * 1024;

/// Parameters of one statement. The protocol allows up to 65,535.
pub(crate) const PARAMETERS: usize = 8192;

/// Bytes of one parameter. Documents and images fit, and a server's default packet of 16 MiB holds
/// two such parameters.
pub(crate) const PARAMETER_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of all parameters of one call.
pub(crate) const ALL_PARAMETER_BYTES: usize = 8 * 1024 * 1024;

/// Columns of a result. A table can have no more.
pub(crate) const COLUMNS: usize = 4096;

/// Bytes of all texts and byte strings of one row.
pub(crate) const ROW_BYTES: usize = 16 * 1024 * 1024;

/// Rows of a whole result: unlimited. The host reads one batch at a time. A long result takes time,
/// which has deadlines, but no memory of the host.
pub(crate) const RESULT_ROWS: u64 = u64::MAX;

/// Bytes of a whole result, measured in its batches: unlimited, for the same reason.
pub(crate) const RESULT_BYTES: u64 = u64::MAX;

/// Bytes of a batch of rows. A batch fits into the second-level cache of a core. Larger batches
/// cost memory and time, smaller batches cost more calls.
pub(crate) const BATCH_BYTES: usize = 128 * 1024;

/// The limits of one grant.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) waiters: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) fetch_timeout: Duration,
    pub(crate) commit_timeout: Duration,
    pub(crate) transaction_timeout: Duration,
    pub(crate) idle_transaction_timeout: Duration,
    pub(crate) prepared_transactions: usize,
    pub(crate) transaction_depth: usize,
    pub(crate) statements: usize,
    pub(crate) sql_bytes: usize,
    pub(crate) parameters: usize,
    pub(crate) parameter_bytes: usize,
    pub(crate) all_parameter_bytes: usize,
    pub(crate) columns: usize,
    pub(crate) row_bytes: usize,
    pub(crate) result_rows: u64,
    pub(crate) result_bytes: u64,
    pub(crate) batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            waiters: WAITERS,
            acquire_timeout: ACQUIRE_TIMEOUT,
            statement_timeout: STATEMENT_TIMEOUT,
            fetch_timeout: FETCH_TIMEOUT,
            commit_timeout: COMMIT_TIMEOUT,
            transaction_timeout: TRANSACTION_TIMEOUT,
            idle_transaction_timeout: IDLE_TRANSACTION_TIMEOUT,
            prepared_transactions: PREPARED_TRANSACTIONS,
            transaction_depth: TRANSACTION_DEPTH,
            statements: STATEMENTS,
            sql_bytes: SQL_BYTES,
            parameters: PARAMETERS,
            parameter_bytes: PARAMETER_BYTES,
            all_parameter_bytes: ALL_PARAMETER_BYTES,
            columns: COLUMNS,
            row_bytes: ROW_BYTES,
            result_rows: RESULT_ROWS,
            result_bytes: RESULT_BYTES,
            batch_bytes: BATCH_BYTES,
        }
    }
}
