//! Statements that sea-query builds.

use wasmysql_tests::in_both_apis;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_statement_runs() {
    in_both_apis(programs::SEA_QUERY_STATEMENTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_indexes_and_foreign_keys_are_made_changed_and_dropped() {
    in_both_apis(programs::SEA_QUERY_SCHEMA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_comes_back_as_it_went_in_or_is_refused() {
    in_both_apis(programs::SEA_QUERY_VALUES).await;
}
