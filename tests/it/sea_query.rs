//! Statements that sea-query builds.

use wasmysql_tests::in_both_apis;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_statement_runs() {
    in_both_apis(programs::SEA_QUERY_STATEMENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_indexes_and_keys_are_created_altered_dropped() {
    in_both_apis(programs::SEA_QUERY_SCHEMA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_round_trip_or_are_refused() {
    in_both_apis(programs::SEA_QUERY_VALUES).await;
}
