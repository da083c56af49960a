//! What a plugin leaves when it ends by itself.

use std::ffi::OsStr;

use wasmysql_test_artifacts::LEAVES_ROWS_OF_A_CHANGE;
use wasmysql_tests::{Schema, shared_server};

use super::{assert_ended, wasmysql};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_whose_rows_were_left() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE f1 (id INT PRIMARY KEY)").await;
    let url = shared_server().url();
    let url = format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name());
    let output = wasmysql(["run", LEAVES_ROWS_OF_A_CHANGE, "--database", &url].map(OsStr::new)).output().unwrap();
    assert_ended(&output, 0, &[]);
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM f1").await, 200_000);
}
