//! The flights of the demo and its page, served with the grant `read`.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;
use wasmysql_test_artifacts::{WASMYSQL_DEMO, WASMYSQL_DEMO_PAGE};
use wasmysql_tests::Schema;

use crate::{Serving, database};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/nycflights13");

/// The timeout of the demo, which takes a few seconds.
const LOADING: Duration = Duration::from_secs(120);

/// Loads the flights into a new schema with the plugin of the demo, and serves the page.
pub(crate) async fn served_flights() -> (Schema, Serving) {
    let schema = Schema::new().await;
    let mut demo = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    demo.args(["run", WASMYSQL_DEMO, "--database", &database(&schema), "--grant", "main=ddl"]);
    demo.args(["--dir", &format!("{DATA}::/data"), "--", "/data"]);
    demo.kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null());
    let status = timeout(LOADING, demo.status()).await;
    let status = status.unwrap_or_else(|_| panic!("the demo did not end within {LOADING:?}")).unwrap();
    assert!(status.success(), "{status}");
    let serving = serve(&schema).await;
    (schema, serving)
}

/// Serves the page of a schema.
pub(crate) async fn serve(schema: &Schema) -> Serving {
    Serving::start(WASMYSQL_DEMO_PAGE, &["--database", &database(schema), "--grant", "main=read"]).await
}
