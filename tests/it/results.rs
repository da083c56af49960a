//! What comes with a result besides its values.

use wasmysql_tests::Schema;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_described_with_and_without_rows() {
    Schema::new().await.guest(programs::COLUMNS_ARE_DESCRIBED).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_are_no_error() {
    Schema::new().await.guest(programs::NO_ROWS).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn first_rows_come_with_the_answer() {
    Schema::new().await.guest(programs::FIRST_ROWS).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_are_those_of_the_last_statement() {
    Schema::new().await.guest(programs::WARNINGS_ARE_TOLD).run().await.success();
}
