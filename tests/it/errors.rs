//! Contents of errors, and the state of connection and transaction after them.

use wasmysql_tests::{Schema, in_both_apis};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn server_error_has_code_sqlstate_and_class() {
    in_both_apis(programs::ERRORS_OF_THE_SERVER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_call_keeps_connection_and_transaction() {
    in_both_apis(programs::WRONG_CALLS_CHANGE_NOTHING).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_runs_one_call_at_a_time() {
    Schema::new().await.guest(programs::ONE_CALL_AT_A_TIME).run().await.success();
}
