//! Many rows with one call.

use wasmysql_tests::{Root, Schema, in_both_apis, resident_bytes, start_server};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_statement_did_for_many_rows_is_summed() {
    in_both_apis(programs::EXECUTES_MANY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_run_as_if_each_ran_by_itself() {
    in_both_apis(programs::EXECUTES_MANY_AS_ONCE_A_ROW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_of_one_row_among_many_says_which() {
    in_both_apis(programs::EXECUTES_MANY_WITH_AN_ERROR).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cost_the_guest_nothing_cost_the_host_nothing() {
    let before = resident_bytes();
    in_both_apis(programs::SENDS_MORE_ROWS_THAN_IT_HOLDS).await;
    // 4,294,967,295 rows of even a byte each would be forty times as much.
    assert!(resident_bytes().saturating_sub(before) < 100 << 20, "{} bytes", resident_bytes());
}
