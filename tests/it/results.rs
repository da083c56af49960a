//! Parts of a result besides its values: columns, first rows, warnings.

use wasmysql_tests::in_both_apis;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_described_with_and_without_rows() {
    in_both_apis(programs::COLUMNS_ARE_DESCRIBED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_result_is_not_an_error() {
    in_both_apis(programs::NO_ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_rows_arrive_with_the_outcome() {
    in_both_apis(programs::FIRST_ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_batch_has_a_cursor_only_before_a_further_row() {
    in_both_apis(programs::CURSORS_OF_FULL_BATCHES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_are_those_of_the_last_statement() {
    in_both_apis(programs::WARNINGS_ARE_RETURNED).await;
}
