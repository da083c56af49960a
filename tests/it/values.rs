//! Values cross without loss.

use wasmysql_tests::{Api, Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn every_value_comes_back_as_it_went_in() {
    in_both_apis(programs::VALUES_ROUND_TRIP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_type_the_server_can_not_know_has_the_one_it_was_sent_as() {
    in_both_apis(programs::VALUES_OF_UNKNOWN_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_computes_with_the_type_of_a_parameter() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let procedure = "CREATE PROCEDURE twice(IN a DECIMAL(30,2), IN b BLOB, IN c VARCHAR(20), OUT d DECIMAL(30,2)) \
                         BEGIN SET d = a * 2; SELECT a, HEX(b), c; END";
        schema.run(procedure).await;
        schema.guest(programs::PARAMETERS_KEEP_THEIR_TYPE).api(api).run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_with_a_type_use_indexes() {
    in_both_apis(programs::TYPED_PARAMETERS_USE_INDEXES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_can_not_be_held_costs_its_call_alone() {
    in_both_apis(programs::VALUES_THAT_CAN_NOT_BE_HELD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_is_whole_or_refused() {
    in_both_apis(programs::VALUES_AT_THE_EDGES).await;
}
