//! Tests of signals while a statement of the plugin runs on an existing server.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use wasmysql_test_artifacts::RUNS_EACH_STATEMENT;
use wasmysql_tests::{PATIENCE, Schema, shared_server, until};

use super::{assert_ended, wasmysql};

/// How often each signal is sent, because the result can depend on timing.
const ROUNDS: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn signal_leaves_no_statement_at_the_server() {
    let mut schema = Schema::new().await;
    let url = shared_server().url();
    let url = format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name());
    let arguments = ["run", RUNS_EACH_STATEMENT, "--database", &url, "--", "SELECT SLEEP(25)"];
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        for _ in 0..ROUNDS {
            let mut command = wasmysql(arguments.map(OsStr::new));
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            schema.running("SLEEP(25)", 1, PATIENCE).await;
            kill_process(Pid::from_child(&child), signal).unwrap();
            until("the process ends", PATIENCE, async || child.try_wait().unwrap().is_some()).await;
            // A statement that was not stopped would still run.
            schema.running("SLEEP(25)", 0, Duration::from_millis(500)).await;
            assert_ended(&child.wait_with_output().unwrap(), code, &[]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ignored_hangup_does_not_stop_the_plugin() {
    let mut schema = Schema::new().await;
    let url = shared_server().url();
    let url = format!("main={}/{}", url.rsplit_once('/').unwrap().0, schema.name());
    let mut command = std::process::Command::new("nohup");
    command.arg(env!("CARGO_BIN_EXE_wasmysql")).args(["run", RUNS_EACH_STATEMENT, "--database", &url, "--"]);
    command.arg("SELECT SLEEP(1)").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    schema.running("SLEEP(1)", 1, PATIENCE).await;
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    until("the process ends", Duration::from_secs(30), async || child.try_wait().unwrap().is_some()).await;
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"done, 0 rows\n"[..]));
}
