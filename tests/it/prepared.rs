//! Prepared statements that a guest holds.

use wasmysql_tests::in_both_faces;

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn a_held_statement_is_good_until_it_is_closed() {
    in_both_faces(programs::PREPARED_STATEMENTS).await;
}
