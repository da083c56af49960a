//! `execute-many`: one statement for many rows of parameters.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{
    Api, Root, Schema, guest, has_passed, in_both_apis, in_own_process, resident_bytes, start_server,
};

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
async fn error_names_the_failing_row_of_many() {
    let inserted = |row: u32| match cfg!(feature = "mysql") {
        true => "rows 0 to 49 of this call".to_owned(),
        false => format!("row {row} of this call, sent with rows 0 to 49"),
    };
    let (row_37, row_0) = (inserted(37), inserted(0));
    let expected = format!(
        "out of range: {row_37}\ntoo long: {row_37}\nnull: {row_37}\nout of range: {row_37}\ntoo long: {row_37}\n\
         null: {row_37}\nduplicate: {row_37}\nexpression: {row_37}\nreplaced expression: {row_37}\nforeign key: {row_0}\n\
         update: row 37 of this call\nupdate after ALTER TABLE: row 37 of this call\n\
         update in a transaction: row 41 of this call\ndelete: row 33 of this call\n"
    );
    for api in Api::BOTH {
        let guest = Schema::new().await.guest(programs::EXECUTES_MANY_WITH_FAILING_ROWS).api(api);
        assert_eq!(guest.run().await.success(), expected, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_and_values_in_bulk_equal_single_executions() {
    in_both_apis(programs::EXECUTES_MANY_IN_BULK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_half_a_packet_are_sent_alone() {
    let server = start_server(&["--max-allowed-packet=65536"]);
    for api in Api::BOTH {
        let schema = Schema::on(&server).await;
        schema.guest(programs::EXECUTES_MANY_OF_LARGE_ROWS).api(api).run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: bulk commands")]
async fn warnings_of_rows_in_bulk_are_counted_once() {
    in_both_apis(programs::COUNTS_WARNINGS_OF_MANY_ROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: bulk commands")]
async fn ten_thousand_changes_use_few_commands() {
    let server = start_server(&[]);
    let mut root = Root::connect(&server.socket()).await;
    let schema = Schema::on(&server).await;
    let before = root.status("Questions").await;
    schema.guest(programs::CHANGES_TEN_THOUSAND_ROWS).run().await.success();
    let sent = root.status("Questions").await - before;
    assert!(sent < 60, "{sent} commands");
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
    if let Some(alone) = in_own_process("execute_many::rows_without_data_use_no_host_memory") {
        return has_passed(&alone);
    }
    let before = resident_bytes();
    in_both_apis(programs::SENDS_ROWS_WITHOUT_DATA).await;
    // One byte for each of the 4,294,967,295 rows would be forty times as much.
    assert!(resident_bytes().saturating_sub(before) < 100 << 20, "{} bytes", resident_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_of_a_failed_call_end_with_it() {
    for api in Api::BOTH {
        let schema = Schema::new().await;
        let database = schema.database_of(1);
        let guest = guest(programs::WARNINGS_AFTER_MANY_ROWS_FAILED).api(api);
        guest.database("main", &database, Grant::new(Statements::Ddl)).run().await.success();
    }
}
