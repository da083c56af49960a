//! What a guest may use at most, unless its grant says otherwise: one constant a limit, and why this number.

use std::time::Duration;

/// Connections a guest holds at once. A plugin does one or two things at a time; four leave most of a pool of ten to others.
pub(crate) const CONNECTIONS: usize = 4;

/// Calls that wait for a connection of one database, over all guests. Each costs a few hundred bytes; a thousand waiters on ten
/// connections already mean that the last will time out.
pub(crate) const WAITERS: usize = 1000;

/// Waiting for a connection. Long enough for a burst to pass, short enough for a person to wait for an error.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// One statement, to its first rows. Vitess and most web stacks cut at 30 s too.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// Waiting for further rows of a result.
pub(crate) const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// COMMIT. Its timeout leaves an unknown outcome, so it is generous.
pub(crate) const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A transaction, from its begin on. It holds locks that others wait for; Vitess ends it after 30 s, and a batch job asks for more.
pub(crate) const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);

/// A transaction in which nothing runs. Between two statements a plugin computes, or calls another service that should have its own
/// deadline: milliseconds, at worst seconds.
pub(crate) const IDLE_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);

/// ROLLBACK that somebody waits for, and closing an engine's connections one by one.
pub(crate) const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(10);

/// `engine.close` waits this long for connections to come back; a guest that holds one itself would wait for ever.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// After the grace of a shutdown: cutting connections, killing what runs on them, and seeing the last one go.
pub(crate) const CUT_TIMEOUT: Duration = Duration::from_secs(3);

/// Rolling back for a guest that dropped its transaction, before its next statement.
pub(crate) const CLEANUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Reading what a dropped cursor left, before giving the session up: a new connection costs about this much.
pub(crate) const ABANDON_TIMEOUT: Duration = Duration::from_millis(50);

/// Two-phase transactions of a guest that wait to be decided. They keep their locks when everything else of the guest is gone, so they are
/// few: a coordinator that works decides each within moments.
pub(crate) const PREPARED_TRANSACTIONS: usize = 8;

/// Transactions begun inside each other on one connection. Functions that call functions which each begin one reach ten; recursion
/// without end stops here.
pub(crate) const TRANSACTION_DEPTH: usize = 64;

/// Prepared statements that a guest holds on one connection: more than a plugin has, and the server has 16,382 for everybody.
pub(crate) const STATEMENTS: usize = 64;

/// The texts of the prepared statements that a guest holds on one connection: two of the longest.
pub(crate) const HELD_SQL_BYTES: usize = 2 * SQL_BYTES;

/// Text of one statement. Generated reports reach some 100 KiB; more is data, and belongs in parameters.
pub(crate) const SQL_BYTES: usize = 1024 * 1024;

/// Parameters of one statement. The protocol ends at 65,535.
pub(crate) const PARAMETERS: usize = 8192;

/// One parameter. Documents and images fit; a server's default packet of 16 MiB holds two.
pub(crate) const PARAMETER_BYTES: usize = 4 * 1024 * 1024;

/// All parameters of one call.
pub(crate) const ALL_PARAMETER_BYTES: usize = 8 * 1024 * 1024;

/// Columns of a result: what a table can have at most.
pub(crate) const COLUMNS: usize = 4096;

/// Texts and bytes of one row.
pub(crate) const ROW_BYTES: usize = 16 * 1024 * 1024;

/// Rows of a whole result: without end. It is read a batch at a time, so a long one takes time, which has deadlines, and no
/// memory of the host.
pub(crate) const RESULT_ROWS: u64 = u64::MAX;

/// Bytes of a whole result, as its batches have them. For the same reason.
pub(crate) const RESULT_BYTES: u64 = u64::MAX;

/// A batch of rows on its way to the guest. About what a core's second cache level holds: larger ones cost memory and time,
/// smaller ones more calls.
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
    fn default() -> Limits {
        Limits {
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
