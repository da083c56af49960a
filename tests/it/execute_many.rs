//! `execute-many`: one statement for many rows of parameters.

use wasmysql_tests::{Root, Schema, in_both_apis, resident_bytes, start_server};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn affected_rows_are_summed_over_all_rows() {
    in_both_apis(programs::EXECUTES_MANY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batched_rows_equal_single_executions() {
    in_both_apis(programs::EXECUTES_MANY_LIKE_SINGLE_ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: RETURNING")]
async fn statements_with_returning_are_refused() {
    in_both_apis(programs::EXECUTES_MANY_RETURNING).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: aliases of rows, and VALUES ROW")]
async fn rows_with_aliases_use_one_statement() {
    in_both_apis(programs::EXECUTES_MANY_WITH_ALIASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn error_names_the_row_that_failed() {
    in_both_apis(programs::EXECUTES_MANY_WITH_AN_ERROR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_batch_is_refused_before_anything_is_sent() {
    in_both_apis(programs::SENDS_MALFORMED_BATCHES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_use_few_statements() {
    // `Com_stmt_execute` counts for the whole server, so the test cannot use the shared one.
    let server = start_server(&[]);
    let schema = Schema::on(&server).await;
    schema.guest(programs::INSERTS_TEN_THOUSAND_ROWS).run().await.success();
    let executed = Root::connect(&server.socket()).await.status("Com_stmt_execute").await;
    assert!((3..=10).contains(&executed), "{executed} statements");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_data_use_no_host_memory() {
    let before = resident_bytes();
    in_both_apis(programs::SENDS_ROWS_WITHOUT_DATA).await;
    // One byte for each of the 4,294,967,295 rows would be forty times as much.
    assert!(resident_bytes().saturating_sub(before) < 100 << 20, "{} bytes", resident_bytes());
}
