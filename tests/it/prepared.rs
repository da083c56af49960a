//! Prepared statements held by a guest.

use wasmysql_tests::in_both_apis;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn prepared_statement_is_valid_until_closed() {
    in_both_apis(programs::PREPARED_STATEMENTS).await;
}
