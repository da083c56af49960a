//! What the SDK adds to the contract.

use wasmysql_tests::{Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn types_of_other_crates_come_back_as_they_went() {
    in_both_apis(programs::SDK_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_read_as_types() {
    in_both_apis(programs::SDK_ROWS_AS_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_have_names() {
    in_both_apis(programs::SDK_NAMED_PARAMETERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_streams_and_iterators() {
    Schema::new().await.guest(programs::SDK_STREAMS).run().await.success();
}
