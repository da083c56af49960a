//! Tests of the arguments and of plugins that can't be served.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use wasmysql_test_artifacts::RUNS_EACH_STATEMENT;

use crate::{NO_SERVER, P2, P3};

fn wasmysql(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn check(arguments: &[&str], code: i32, messages: &[&str]) {
    let output = wasmysql(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    for message in messages {
        assert!(stderr.contains(message), "no '{message}' in: {stderr}");
    }
}

#[test]
fn plugins_without_a_handler_are_explained() {
    let file = tempfile::Builder::new().suffix(".wasm").tempfile().unwrap();
    fs::write(file.path(), "SELECT 1").unwrap();
    check(&["serve", file.path().to_str().unwrap(), "--addr", "127.0.0.1:0"], 3, &["it is not WebAssembly"]);
    check(
        &["serve", RUNS_EACH_STATEMENT, "--addr", "127.0.0.1:0"],
        3,
        &[
            "runs_each_statement.wasm: it exports wasi:cli/run@",
            "needs wasi:http/handler@0.3",
            "run it with `wasmysql run`",
        ],
    );
    check(&["serve", "/no/such.wasm", "--addr", "127.0.0.1:0"], 3, &["/no/such.wasm: No such file"]);
}

#[test]
fn unusable_address_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&["serve", P3, "--addr", &address], 3, &[&format!("--addr {address}: "), "in use"]);
    check(&["serve", P3, "--addr", "localhost"], 2, &["expected IP:PORT"]);
}

#[test]
fn concurrency_of_serial_plugins_is_rejected() {
    let arguments = [&["serve", P2, "--addr", "127.0.0.1:0", "--concurrency", "4"][..], &NO_SERVER].concat();
    check(&arguments, 2, &["--concurrency 4: an instance of this plugin handles one request at a time"]);
}

#[test]
fn invalid_numbers_are_rejected() {
    for option in ["--max-requests", "--timeout", "--max-body", "--reuse", "--concurrency"] {
        check(&["serve", P3, option, "0"], 2, &["invalid value '0'", option]);
    }
}

#[test]
fn memory_of_the_plugin_beyond_the_limit_is_explained() {
    let arguments = [&["serve", P3, "--addr", "127.0.0.1:0", "--max-memory", "1"][..], &NO_SERVER].concat();
    check(&arguments, 3, &["minimum byte size", "raise the limit with --max-memory"]);
}
