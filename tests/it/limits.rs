//! Limits: at the limit, and one past it.

mod sizes;
mod times;

use std::fs;
use std::path::Path;

/// Each limit of `host/src/core/limits.rs`, and its test: the file, from the folder of tests on, and the function.
const TESTS: &[(&str, &str, &str)] = &[
    ("CONNECTIONS", "faults/guests/handles.rs", "g1_connections_and_statements_are_counted_by_the_host"),
    ("WAITERS", "it/limits/times.rs", "as_many_calls_wait_as_the_grant_allows_and_one_more_is_refused_at_once"),
    ("ACQUIRE_TIMEOUT", "it/pool.rs", "who_waits_too_long_is_told_the_pools_numbers"),
    ("STATEMENT_TIMEOUT", "it/limits/times.rs", "a_statement_and_its_rows_take_as_long_as_the_grant_allows"),
    ("FETCH_TIMEOUT", "it/limits/times.rs", "a_statement_and_its_rows_take_as_long_as_the_grant_allows"),
    ("COMMIT_TIMEOUT", "it/limits/times.rs", "a_commit_takes_as_long_as_the_grant_allows_and_is_then_unknown"),
    ("TRANSACTION_TIMEOUT", "faults/guests/time.rs", "g18_a_transaction_that_is_open_for_too_long_is_rolled_back"),
    (
        "IDLE_TRANSACTION_TIMEOUT",
        "faults/guests/time.rs",
        "g18_a_transaction_in_which_nothing_runs_is_rolled_back_while_its_guest_waits",
    ),
    ("ROLLBACK_TIMEOUT", "it/limits/times.rs", "a_server_that_falls_silent_is_waited_for_as_long_as_the_host_says"),
    ("CUT_TIMEOUT", "it/limits/times.rs", "a_shutdown_gives_grace_and_then_cuts_what_is_out"),
    ("CLEANUP_TIMEOUT", "it/limits/times.rs", "a_server_that_falls_silent_is_waited_for_as_long_as_the_host_says"),
    ("CLOSE_TIMEOUT", "it/limits/times.rs", "closing_an_engine_waits_half_a_minute_for_what_is_out"),
    ("ABANDON_TIMEOUT", "it/cursors.rs", "a_cursor_dropped_with_much_left_frees_its_place_at_once"),
    ("PREPARED_TRANSACTIONS", "it/limits/sizes.rs", "a_guest_leaves_as_many_transactions_prepared_as_the_grant_allows"),
    ("TRANSACTION_DEPTH", "it/limits/sizes.rs", "transactions_nest_as_deep_as_the_grant_allows"),
    ("STATEMENTS", "it/prepared.rs", "a_held_statement_is_good_until_it_is_closed"),
    ("HELD_SQL_BYTES", "it/prepared.rs", "a_held_statement_is_good_until_it_is_closed"),
    ("SQL_BYTES", "it/limits/sizes.rs", "a_call_is_as_large_as_the_grant_allows"),
    ("PARAMETERS", "it/limits/sizes.rs", "a_call_is_as_large_as_the_grant_allows"),
    ("PARAMETER_BYTES", "it/limits/sizes.rs", "a_call_is_as_large_as_the_grant_allows"),
    ("ALL_PARAMETER_BYTES", "it/limits/sizes.rs", "a_call_is_as_large_as_the_grant_allows"),
    ("COLUMNS", "it/limits/sizes.rs", "a_row_is_as_wide_as_the_grant_allows"),
    ("ROW_BYTES", "it/limits/sizes.rs", "a_row_is_as_wide_as_the_grant_allows"),
    ("BATCH_BYTES", "it/limits/sizes.rs", "a_row_is_as_wide_as_the_grant_allows"),
    ("RESULT_ROWS", "it/limits/sizes.rs", "a_result_is_as_large_as_the_grant_allows"),
    ("RESULT_BYTES", "it/limits/sizes.rs", "a_result_is_as_large_as_the_grant_allows"),
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
