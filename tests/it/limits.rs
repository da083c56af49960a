//! Tests of each limit, at the limit and one past it.

mod sizes;
mod times;

use std::fs;
use std::path::Path;

/// Each limit of `host/src/core/limits.rs` with its test: the file, relative to `tests/`, and the
/// function.
const TESTS: &[(&str, &str, &str)] = &[
    ("CONNECTIONS", "faults/guests/handles.rs", "g1_connections_and_statements_are_limited_by_the_host"),
    ("WAITERS", "it/limits/times.rs", "waiter_beyond_the_limit_is_refused_at_once"),
    ("ACQUIRE_TIMEOUT", "it/pool.rs", "acquire_timeout_reports_the_pool_status"),
    ("STATEMENT_TIMEOUT", "it/limits/times.rs", "statement_and_fetch_end_at_their_timeouts"),
    ("FETCH_TIMEOUT", "it/limits/times.rs", "statement_and_fetch_end_at_their_timeouts"),
    ("COMMIT_TIMEOUT", "it/limits/times.rs", "commit_past_its_timeout_is_in_doubt"),
    ("TRANSACTION_TIMEOUT", "faults/guests/time.rs", "g18_transaction_past_its_timeout_is_rolled_back"),
    ("IDLE_TRANSACTION_TIMEOUT", "faults/guests/time.rs", "g18_idle_transaction_of_a_waiting_guest_is_rolled_back"),
    ("ROLLBACK_TIMEOUT", "it/limits/times.rs", "rollback_and_cleanup_at_silent_server_time_out"),
    ("CUT_TIMEOUT", "it/limits/times.rs", "shutdown_closes_connections_after_the_grace_period"),
    ("CLEANUP_TIMEOUT", "it/limits/times.rs", "rollback_and_cleanup_at_silent_server_time_out"),
    ("CLOSE_TIMEOUT", "it/limits/times.rs", "engine_close_waits_thirty_seconds_for_connections"),
    ("ABANDON_TIMEOUT", "it/cursors.rs", "long_result_dropped_early_frees_its_slot_at_once"),
    ("PREPARED_TRANSACTIONS", "it/limits/sizes.rs", "prepared_transactions_are_limited_by_the_grant"),
    ("TRANSACTION_DEPTH", "it/limits/sizes.rs", "transaction_depth_is_limited_by_the_grant"),
    ("STATEMENTS", "it/prepared.rs", "prepared_statement_is_valid_until_closed"),
    ("HELD_SQL_BYTES", "it/prepared.rs", "prepared_statement_is_valid_until_closed"),
    ("HELD_COLUMN_BYTES", "it/prepared.rs", "prepared_statement_is_valid_until_closed"),
    ("SQL_BYTES", "it/limits/sizes.rs", "call_size_is_limited_by_the_grant"),
    ("PARAMETERS", "it/limits/sizes.rs", "call_size_is_limited_by_the_grant"),
    ("PARAMETER_BYTES", "it/limits/sizes.rs", "call_size_is_limited_by_the_grant"),
    ("ALL_PARAMETER_BYTES", "it/limits/sizes.rs", "call_size_is_limited_by_the_grant"),
    ("COLUMNS", "it/limits/sizes.rs", "row_size_is_limited_by_the_grant"),
    ("LEFT_OPEN", "../host/cli/tests/serve/instances.rs", "connection_left_open_is_reported_and_closed"),
    ("ROW_BYTES", "it/limits/sizes.rs", "row_size_is_limited_by_the_grant"),
    ("BATCH_BYTES", "it/limits/sizes.rs", "row_size_is_limited_by_the_grant"),
    ("RESULT_ROWS", "it/limits/sizes.rs", "result_size_is_limited_by_the_grant"),
    ("RESULT_BYTES", "it/limits/sizes.rs", "result_size_is_limited_by_the_grant"),
];

#[test]
fn every_limit_has_a_test() {
    let limits = include_str!("../../host/src/core/limits.rs");
    let mut names: Vec<_> = limits
        .lines()
        .filter_map(|line| line.strip_prefix("pub(crate) const ")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let mut tested: Vec<_> = TESTS.iter().map(|(limit, ..)| *limit).collect();
    names.sort_unstable();
    tested.sort_unstable();
    assert_eq!(tested, names);

    for (limit, file, test) in TESTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(source.contains(&format!("async fn {test}() {{")), "{limit}: {file} has no test {test}");
    }
}
