//! The defects of aiomysql.sa 0.3.2, and what shows that each is gone.

use crate::programs::{
    AIOMYSQL_CONNECTION as CONNECTION, AIOMYSQL_ENGINE as ENGINE, AIOMYSQL_RECOVERY as RECOVERY,
    AIOMYSQL_RESULTS as RESULTS, AIOMYSQL_SAVEPOINTS as SAVEPOINTS, AIOMYSQL_TRANSACTIONS as TRANSACTIONS,
    AIOMYSQL_TWOPHASE as TWOPHASE, AIOMYSQL_WAITERS as WAITERS,
};

pub(super) enum Shown {
    /// A program, and a rule that it checks.
    Rule(&'static str, &'static str),
    /// A file of tests, and a test in it.
    Test(&'static str, &'static str),
    /// Why there is nothing to show.
    NotHere(&'static str),
}

use Shown::{NotHere, Rule, Test};

const THESE: &str = include_str!("../aiomysql_sa.rs");
const ABANDONMENT: &str = include_str!("../abandonment.rs");
const EXECUTE_MANY: &str = include_str!("../execute_many.rs");
const CONNECTIONS: &str = include_str!("connections.rs");
const CONNECTING: &str = include_str!("../connecting.rs");
const CURSORS: &str = include_str!("../cursors.rs");
const DEADLOCKS: &str = include_str!("../deadlocks.rs");
const ERRORS: &str = include_str!("../errors.rs");
const OF_RESULTS: &str = include_str!("../results.rs");
const OF_TRANSACTIONS: &str = include_str!("../transactions.rs");
const POOL: &str = include_str!("../pool.rs");

pub(super) const DEFECTS: &[(u8, &str, &[Shown])] = &[
    (
        1,
        "a connection that can't be released in order is never released",
        &[
            Rule(CONNECTION, "close rolls back whatever was open, from the root on"),
            Rule(TRANSACTIONS, "a transaction on a lost connection ends, and the pool has its place back"),
        ],
    ),
    (
        2,
        "a cancellation in a transaction turns into another error, and its connection is never released",
        &[
            Rule(WAITERS, "a call that is cancelled costs its connection, and the next gets another"),
            Test(ABANDONMENT, "a_call_the_guest_cancels_is_ended_too"),
        ],
    ),
    (
        3,
        "a release tells no waiter where the connection is closed or the releaser cancelled; terminate wakes nobody",
        &[
            Rule(WAITERS, "a connection that is closed in a transaction is passed on"),
            Rule(WAITERS, "a connection that is lost is passed on as a new one"),
            Rule(WAITERS, "a waiter that gives up does not keep its turn"),
            Rule(WAITERS, "terminate wakes who waits for a connection, and who waits for close"),
        ],
    ),
    (
        4,
        "who waits when the engine closes is given a new connection",
        &[Rule(WAITERS, "who waits is told when the engine closes, and close waits for what is out")],
    ),
    (
        5,
        "a SELECT leaves a transaction open, and nothing of a session is reset for its next user",
        &[
            Rule(ENGINE, "a SELECT leaves neither a transaction nor an old snapshot behind"),
            Test(ABANDONMENT, "a_session_is_as_new_for_its_next_borrower"),
        ],
    ),
    (
        6,
        "two-phase: one a connection, xids unquoted, no commit without prepare, no recovery",
        &[
            Rule(TWOPHASE, "after it the connection can begin anything, the same xid too"),
            Rule(TWOPHASE, "without prepare it is committed in one phase"),
            Rule(RECOVERY, "an xid may hold quotes, backslashes and whatever text has"),
            Rule(RECOVERY, "recover_twophase tells the xids of all that are prepared"),
        ],
    ),
    (
        7,
        "close rolls back the innermost savepoint alone",
        &[Rule(CONNECTION, "close rolls back whatever was open, from the root on")],
    ),
    (
        8,
        "after a savepoint's close the connection says that no transaction is open",
        &[Rule(SAVEPOINTS, "a savepoint's close leaves it: what it did is the root's, which goes on")],
    ),
    (
        9,
        "a closed connection fails with AttributeError",
        &[Rule(CONNECTION, "after close every call is refused: This connection is closed")],
    ),
    (
        10,
        "an insert must give every column",
        &[Rule(CONNECTION, "an insert names the columns that it gives, and the rest have their defaults")],
    ),
    (
        11,
        "an UPDATE reads a column's INSERT default for its onupdate",
        &[NotHere("columns are the server's here: there are no Python defaults to compute")],
    ),
    (
        12,
        "positional parameters fail where there is a compiled_cache",
        &[Rule(CONNECTION, "one statement runs again and again with other parameters")],
    ),
    (13, "an expanding IN is not rendered", &[Rule(CONNECTION, "IN takes a ? for each of many values")]),
    (
        14,
        "a BEGIN, SAVEPOINT or COMMIT that fails leaves a transaction that is none",
        &[
            Rule(TRANSACTIONS, "a begin that fails begins nothing"),
            Rule(TRANSACTIONS, "a begin on a lost connection begins nothing, and the pool has its place back"),
            Rule(SAVEPOINTS, "a savepoint that fails leaves nothing broken, and the pool has its place back"),
            Test(THESE, "a_commit_that_the_server_refuses_is_rolled_back"),
        ],
    ),
    (15, "a connect that is slow holds up all others", &[Test(CONNECTIONS, "a_slow_connect_holds_up_nobody")]),
    (16, "connections are closed without COM_QUIT", &[Test(CONNECTIONS, "connections_take_leave_of_the_server")]),
    (17, "a result is always held whole", &[Test(CURSORS, "a_million_rows_take_no_more_memory_than_a_batch")]),
    (
        18,
        "acquire waits for ever, and lends what has died",
        &[
            Rule(ENGINE, "who waits too long for a connection is told the pool's numbers"),
            Test(CONNECTIONS, "a_connection_that_died_in_the_pool_is_replaced"),
        ],
    ),
    (
        19,
        "rowcount is of rows changed, where the documentation says matched",
        &[Rule(RESULTS, "rowcount is of rows matched, or of rows changed where the host says so")],
    ),
    (
        20,
        "begin_nested and begin_twophase can't be used in `async with`",
        &[
            Rule(SAVEPOINTS, "a savepoint's rollback and drop undo its own work alone"),
            Rule(TWOPHASE, "dropped before prepare, nothing is kept"),
        ],
    ),
    (
        21,
        "a second release, and a savepoint that had failed, end in AssertionError",
        &[
            Rule(CONNECTION, "a connection is closed once, and is closed then"),
            Rule(SAVEPOINTS, "a savepoint that fails leaves nothing broken, and the pool has its place back"),
        ],
    ),
];

/// What a user of aiomysql.sa knows, and other tests show.
pub(super) const ELSEWHERE: &[(&str, Shown)] = &[
    ("a size that can't be fails when the engine is made", Test(POOL, "a_guest_chooses_within_its_grant")),
    (
        "an engine of an unknown database fails",
        Test(CONNECTING, "a_database_that_is_not_granted_is_as_one_that_is_not_there"),
    ),
    ("an engine whose account is refused fails", Test(CONNECTING, "a_wrong_password_is_an_authentication_that_failed")),
    ("an engine whose server is down fails", Test(CONNECTING, "a_server_that_is_down_is_unreachable")),
    ("an acquired connection is nobody else's", Test(POOL, "a_pool_of_one_serves_twenty_guests")),
    ("close waits for what is out", Test(POOL, "closing_an_engine_waits_for_what_it_lent")),
    ("terminate cuts what is out", Test(POOL, "terminating_an_engine_cuts_what_it_lent")),
    ("a connection does one thing at a time", Test(ERRORS, "a_connection_does_one_call_at_a_time")),
    (
        "a wrong call is refused; one call is one statement",
        Test(ERRORS, "a_wrong_call_leaves_connection_and_transaction_alone"),
    ),
    (
        "executemany sums rowcount, batched or row by row",
        Test(EXECUTE_MANY, "what_a_statement_did_for_many_rows_is_summed"),
    ),
    ("executemany is not atomic by itself", Test(EXECUTE_MANY, "the_error_of_one_row_among_many_says_which")),
    ("executemany batches an INSERT", Test(EXECUTE_MANY, "ten_thousand_rows_take_few_statements")),
    ("columns are there without rows too", Test(OF_RESULTS, "columns_are_described_with_and_without_rows")),
    ("no rows are no error", Test(OF_RESULTS, "no_rows_are_no_error")),
    ("warnings of the server", Test(OF_RESULTS, "warnings_are_those_of_the_last_statement")),
    ("inner transactions are emulated", Test(OF_TRANSACTIONS, "an_inner_transaction_is_a_part_of_the_outer_one")),
    ("a schema change commits", Test(OF_TRANSACTIONS, "a_statement_that_commits_by_itself_is_told")),
    (
        "a deadlock ends its victim's transaction",
        Test(DEADLOCKS, "of_two_guests_in_a_deadlock_one_commits_and_one_is_told"),
    ),
    (
        "errors of the server keep number and SQLSTATE",
        Test(ERRORS, "an_error_of_the_server_has_its_number_state_and_class"),
    ),
];
