//! Tests of open results when a plugin ends normally.

use std::ffi::OsStr;

use wasmysql_test_artifacts::DROPS_ROWS_OF_A_CHANGE;
use wasmysql_tests::{Schema, shared_server};

use super::{assert_ended, wasmysql};

#[tokio::test(flavor = "multi_thread")]
async fn change_with_dropped_rows_is_completed() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE f1 (id INT PRIMARY KEY)").await;
    let url = shared_server().url();
    let url = format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name());
    let output = wasmysql(["run", DROPS_ROWS_OF_A_CHANGE, "--database", &url].map(OsStr::new)).output().unwrap();
    assert_ended(&output, 0, &[]);
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM f1").await, 200_000);
}
