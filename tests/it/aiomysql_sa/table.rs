//! The defects of aiomysql.sa 0.3.2, each with the rules and tests that show its absence here.

use crate::programs::{
    AIOMYSQL_CONNECTION as CONNECTION, AIOMYSQL_ENGINE as ENGINE, AIOMYSQL_RECOVERY as RECOVERY,
    AIOMYSQL_RESULTS as RESULTS, AIOMYSQL_SAVEPOINTS as SAVEPOINTS, AIOMYSQL_TRANSACTIONS as TRANSACTIONS,
    AIOMYSQL_TWOPHASE as TWOPHASE, AIOMYSQL_WAITERS as WAITERS,
};

pub(super) enum Evidence {
    /// A program and a rule that it checks.
    Rule(&'static str, &'static str),
    /// The source of a test file and the name of a test in it.
    Test(&'static str, &'static str),
    /// The reason why the defect cannot occur here.
    NotApplicable(&'static str),
}

use Evidence::{NotApplicable, Rule, Test};

const AIOMYSQL_SA: &str = include_str!("../aiomysql_sa.rs");
const ABANDONMENT: &str = include_str!("../abandonment.rs");
const EXECUTE_MANY: &str = include_str!("../execute_many.rs");
const CONNECTIONS: &str = include_str!("connections.rs");
const CONNECTING: &str = include_str!("../connecting.rs");
const CURSORS: &str = include_str!("../cursors.rs");
const DEADLOCKS: &str = include_str!("../deadlocks.rs");
const ERRORS: &str = include_str!("../errors.rs");
const RESULTS_FILE: &str = include_str!("../results.rs");
const TRANSACTIONS_FILE: &str = include_str!("../transactions.rs");
const POOL: &str = include_str!("../pool.rs");

pub(super) const DEFECTS: &[(u8, &str, &[Evidence])] = &[
    (
        1,
        "a connection whose release fails is never released",
        &[
            Rule(CONNECTION, "close rolls back the whole transaction, including the root"),
            Rule(TRANSACTIONS, "a lost connection ends its transaction and frees the pool slot"),
        ],
    ),
    (
        2,
        "a cancellation in a transaction is replaced by another error, and the connection is never released",
        &[
            Rule(WAITERS, "a cancelled call closes its connection, and the next acquire gets another"),
            Test(ABANDONMENT, "call_cancelled_by_the_guest_ends_at_the_server"),
        ],
    ),
    (
        3,
        "a release wakes no waiter if the connection is closed or the releaser is cancelled; terminate wakes no waiter",
        &[
            Rule(WAITERS, "a connection closed in a transaction goes to the next waiter"),
            Rule(WAITERS, "a lost connection is replaced for the next waiter"),
            Rule(WAITERS, "a cancelled waiter leaves the queue"),
            Rule(WAITERS, "terminate wakes the waiters of acquire and of close"),
        ],
    ),
    (
        4,
        "a waiter still gets a new connection after the engine is closed",
        &[Rule(WAITERS, "closing an engine fails its waiters and waits for acquired connections")],
    ),
    (
        5,
        "a SELECT leaves a transaction open, and sessions are not reset for their next user",
        &[
            Rule(ENGINE, "a SELECT leaves no open transaction and no old snapshot"),
            Test(ABANDONMENT, "session_is_reset_for_the_next_guest"),
        ],
    ),
    (
        6,
        "two-phase: one transaction per connection, unquoted xids, no commit without prepare, no recovery",
        &[
            Rule(TWOPHASE, "afterwards the connection can begin any transaction, also with the same xid"),
            Rule(TWOPHASE, "without prepare, commit takes one phase"),
            Rule(RECOVERY, "an xid may contain any text, including quotes and backslashes"),
            Rule(RECOVERY, "recover_twophase returns the xids of all prepared transactions"),
        ],
    ),
    (
        7,
        "close rolls back only the innermost savepoint",
        &[Rule(CONNECTION, "close rolls back the whole transaction, including the root")],
    ),
    (
        8,
        "after the close of a savepoint, the connection reports no open transaction",
        &[Rule(SAVEPOINTS, "close of a savepoint leaves its changes to the root, which stays active")],
    ),
    (
        9,
        "a closed connection fails with AttributeError",
        &[Rule(CONNECTION, "after close every call fails with: This connection is closed")],
    ),
    (
        10,
        "an insert must name every column",
        &[Rule(CONNECTION, "an INSERT may omit columns, which get their defaults")],
    ),
    (
        11,
        "an UPDATE reads a column's INSERT default for its onupdate",
        &[NotApplicable("columns are defined by the server; there are no Python defaults to compute")],
    ),
    (
        12,
        "positional parameters fail with a compiled_cache",
        &[Rule(CONNECTION, "a statement can run repeatedly with different parameters")],
    ),
    (13, "an expanding IN is not rendered", &[Rule(CONNECTION, "IN accepts one ? for each value")]),
    (
        14,
        "after a BEGIN, SAVEPOINT or COMMIT that fails, the transaction object stays active",
        &[
            Rule(TRANSACTIONS, "a failed begin starts no transaction"),
            Rule(TRANSACTIONS, "a begin on a lost connection starts no transaction and frees the pool slot"),
            Rule(SAVEPOINTS, "a failed savepoint ends its transaction and frees the pool slot"),
            Test(AIOMYSQL_SA, "refused_commit_is_rolled_back"),
        ],
    ),
    (15, "a slow connect blocks all other acquires", &[Test(CONNECTIONS, "slow_connect_delays_no_other_guest")]),
    (16, "connections are closed without COM_QUIT", &[Test(CONNECTIONS, "connections_are_closed_with_com_quit")]),
    (17, "a result is always held in memory completely", &[Test(CURSORS, "million_rows_use_the_memory_of_one_batch")]),
    (
        18,
        "acquire waits forever, and returns broken connections",
        &[
            Rule(ENGINE, "an acquire timeout reports the size and use of the pool"),
            Test(CONNECTIONS, "connection_killed_while_idle_is_replaced"),
        ],
    ),
    (
        19,
        "rowcount counts changed rows, but the documentation says matched rows",
        &[Rule(RESULTS, "rowcount counts matched rows, or changed rows if the host is configured so")],
    ),
    (
        20,
        "begin_nested and begin_twophase can't be used in `async with`",
        &[
            Rule(SAVEPOINTS, "rollback and drop of a savepoint undo only its own changes"),
            Rule(TWOPHASE, "drop before prepare undoes the changes"),
        ],
    ),
    (
        21,
        "a second release, and the release of a failed savepoint, raise AssertionError",
        &[
            Rule(CONNECTION, "a connection can be closed twice, and stays closed"),
            Rule(SAVEPOINTS, "a failed savepoint ends its transaction and frees the pool slot"),
        ],
    ),
];

/// Behaviour of aiomysql.sa that other tests show.
pub(super) const ELSEWHERE: &[(&str, Evidence)] = &[
    ("an invalid pool size fails when the engine is created", Test(POOL, "engine_options_are_limited_by_the_grant")),
    ("an engine of an unknown database fails", Test(CONNECTING, "ungranted_database_looks_like_unknown_database")),
    ("an engine whose account is rejected fails", Test(CONNECTING, "wrong_password_fails_authentication")),
    ("an engine whose server is down fails", Test(CONNECTING, "stopped_server_is_unreachable")),
    ("an acquired connection is exclusive", Test(POOL, "pool_of_one_serves_twenty_guests")),
    ("close waits for acquired connections", Test(POOL, "engine_close_waits_for_its_connections")),
    ("terminate closes acquired connections", Test(POOL, "engine_terminate_closes_its_connections")),
    ("a connection runs one call at a time", Test(ERRORS, "connection_runs_one_call_at_a_time")),
    (
        "an invalid call is refused; one call is one statement",
        Test(ERRORS, "invalid_call_keeps_connection_and_transaction"),
    ),
    ("executemany sums rowcount, batched or row by row", Test(EXECUTE_MANY, "affected_rows_are_summed_over_all_rows")),
    ("executemany alone is not atomic", Test(EXECUTE_MANY, "error_names_the_row_that_failed")),
    ("executemany batches an INSERT", Test(EXECUTE_MANY, "ten_thousand_rows_use_few_statements")),
    ("columns are described without rows too", Test(RESULTS_FILE, "columns_are_described_with_and_without_rows")),
    ("an empty result is not an error", Test(RESULTS_FILE, "empty_result_is_not_an_error")),
    ("warnings of the server are available", Test(RESULTS_FILE, "warnings_are_those_of_the_last_statement")),
    ("inner transactions are emulated", Test(TRANSACTIONS_FILE, "inner_transaction_is_part_of_the_outer_transaction")),
    ("a schema change commits", Test(TRANSACTIONS_FILE, "implicit_commit_is_reported")),
    ("a deadlock ends its victim's transaction", Test(DEADLOCKS, "deadlock_fails_one_guest_and_commits_the_other")),
    ("errors of the server keep code and SQLSTATE", Test(ERRORS, "server_error_has_code_sqlstate_and_class")),
];
