//! Values cross the boundary without loss.

use wasmysql_tests::{Api, Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn values_round_trip_unchanged() {
    in_both_apis(programs::VALUES_ROUND_TRIP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn untyped_parameter_keeps_the_type_it_was_sent_as() {
    in_both_apis(programs::VALUES_OF_UNKNOWN_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_computes_with_the_parameter_type() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let procedure = "CREATE PROCEDURE twice(IN a DECIMAL(30,2), IN b BLOB, IN c VARCHAR(20), OUT d DECIMAL(30,2)) \
                         BEGIN SET d = a * 2; SELECT a, HEX(b), c; END";
        schema.run(procedure).await;
        schema.guest(programs::PARAMETERS_KEEP_THEIR_TYPE).api(api).run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameter_types_of_other_calls_have_no_effect() {
    in_both_apis(programs::PARAMETER_TYPES_OF_OTHER_CALLS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_parameters_use_indexes() {
    in_both_apis(programs::TYPED_PARAMETERS_USE_INDEXES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_value_fails_only_its_call() {
    in_both_apis(programs::ROWS_THAT_CAN_NOT_BE_RETURNED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_case_values_are_exact_or_refused() {
    in_both_apis(programs::VALUES_AT_THE_EDGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expressions_have_the_types_of_equal_parameters() {
    in_both_apis(programs::EXPRESSIONS_AND_PARAMETERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_the_server_fills_are_read_and_left_out() {
    in_both_apis(programs::COLUMNS_THAT_THE_SERVER_FILLS).await;
}
