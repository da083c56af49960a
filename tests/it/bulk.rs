//! Many rows with one call.

use wasmysql_tests::{Root, Schema, start_server};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_statement_did_for_many_rows_is_summed() {
    Schema::new().await.guest(programs::EXECUTES_MANY).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_of_one_row_among_many_says_which() {
    Schema::new().await.guest(programs::EXECUTES_MANY_WITH_AN_ERROR).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_take_few_statements() {
    // Its counters are the server's, so the server is this test's alone.
    let server = start_server(&[]);
    let schema = Schema::on(&server).await;
    schema.guest(programs::INSERTS_TEN_THOUSAND_ROWS).run().await.success();
    let executed = Root::connect(&server.socket()).await.status("Com_stmt_execute").await;
    assert!((3..=10).contains(&executed), "{executed} statements");
}
