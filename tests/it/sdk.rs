//! Features that the SDK adds to the WIT contract.

use wasmysql_tests::{Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn types_of_other_crates_round_trip() {
    in_both_apis(programs::SDK_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: UUID columns")]
async fn uuid_columns_round_trip() {
    in_both_apis(programs::SDK_UUID_COLUMNS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_convert_to_types() {
    in_both_apis(programs::SDK_ROWS_AS_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn named_parameters_are_bound() {
    in_both_apis(programs::SDK_NAMED_PARAMETERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_parameters_of_in() {
    in_both_apis(programs::SDK_IN_LISTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_streams_and_iterators() {
    Schema::new().await.guest(programs::SDK_STREAMS).run().await.success();
}
