//! Prepared statements that a guest holds.

use wasmysql_tests::in_both_apis;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn a_held_statement_is_good_until_it_is_closed() {
    in_both_apis(programs::PREPARED_STATEMENTS).await;
}
