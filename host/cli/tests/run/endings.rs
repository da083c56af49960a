//! Tests of open results when a plugin ends normally.

use std::ffi::OsStr;

use wasmysql_test_artifacts::DROPS_ROWS_OF_A_CHANGE;
use wasmysql_tests::{Schema, shared_server};

use super::{assert_ended, wasmysql};

#[tokio::test(flavor = "multi_thread")]
async fn change_with_dropped_rows_is_completed() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE log (name VARCHAR(20))").await;
    let body = "SELECT 'a'; SELECT 'b'; DO SLEEP(0.2); INSERT INTO log VALUES ('slow')";
    schema.run(&format!("CREATE PROCEDURE slow_insert() BEGIN {body}; END")).await;
    let url = shared_server().url();
    let url = format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name());
    let arguments = ["run", "--database", &url, DROPS_ROWS_OF_A_CHANGE, "--", "CALL slow_insert()"];
    let output = wasmysql(arguments.map(OsStr::new)).output().unwrap();
    assert_ended(&output, 0, &[]);
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM log").await, 1);
}
