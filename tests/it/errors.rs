//! Errors say what happened, and leave what they can as it was.

use wasmysql_tests::{Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_server_has_its_number_state_and_class() {
    in_both_apis(programs::ERRORS_OF_THE_SERVER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_call_leaves_connection_and_transaction_alone() {
    in_both_apis(programs::WRONG_CALLS_CHANGE_NOTHING).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_does_one_call_at_a_time() {
    Schema::new().await.guest(programs::ONE_CALL_AT_A_TIME).run().await.success();
}
