//! Tests of `wasmysql check` with plugins: imports, exports, capabilities, grants and errors.

use std::ffi::OsStr;
use std::fs;

use tempfile::TempDir;
use wasmysql_test_artifacts as programs;

use crate::{Checked, check};

/// An entry of WASI 0.2, whose `run` is not async.
const ENTRY: &str = r#"(core module $code (func (export "run") (result i32) i32.const 0))
   (core instance $code (instantiate $code))
   (func $run (result (result)) (canon lift (core func $code "run")))
   (instance (export "wasi:cli/run@0.2.6") (export "run" (func $run)))"#;

/// Writes a plugin to a file of this name and checks it.
fn check_file(name: &str, content: &[u8], arguments: &[&str]) -> Checked {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, content).unwrap();
    check([path.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)))
}

fn component(content: &str) -> Vec<u8> {
    wat::parse_str(format!("(component {content})")).unwrap()
}

#[test]
fn report_lists_imports_and_capabilities() {
    check([programs::README_PLUGIN]).prints(
        0,
        &[
            "readme_plugin.wasm",
            "KiB",
            "types, options, connection, engine (the async API)",
            "databases --database NAME=URL",
            "environment --env NAME=VALUE",
            "runnable yes: `wasmysql run` calls wasi:cli/run@0.3.0",
            "check: no problems found",
        ],
    );
    check([programs::HTTP_HANDLES_REQUESTS]).prints(
        0,
        &[
            "wasi:http@0.3.0 handler",
            "runnable yes: `wasmysql serve` calls wasi:http/handler@0.3.0",
            "no problems found",
        ],
    );
    check([programs::HTTP_HANDLES_REQUESTS_0_2])
        .prints(0, &["yes: `wasmysql serve` calls wasi:http/incoming-handler@0.2.", "no problems found"]);
    check([programs::README_BLOCKING_PLUGIN]).prints(0, &["(the blocking API)", "calls wasi:cli/run@0.2."]);
}

#[test]
fn each_missing_import_is_reported() {
    let store = r#"(import "wasi:keyvalue/store@0.2.0" (instance $store
        (export "bucket" (type (sub resource))) (export "something" (func))))"#;
    let newer = r#"(import "wasmysql:mysql/engine@0.9.0" (instance (export "open" (func async (param "a" u32)))))"#;
    let unlike = r#"(import "wasi:cli/stdin@0.2.6" (instance (export "no-such-function" (func))))"#;
    let good = r#"(import "wasi:cli/stdout@0.2.6" (instance))"#;
    let bare = r#"(import "log" (func))"#;
    let all = check_file("p.wasm", &component(&[store, newer, good, bare, ENTRY].concat()), &[]);
    all.prints(
        3,
        &[
            "runnable no: `wasmysql run` can't run it",
            "error it imports wasi:keyvalue/store@0.2.0, which this host does not provide",
            "error it imports wasmysql:mysql/engine@0.9.0, but this host provides wasmysql:mysql@0.1.0",
            "error it imports log, which this host does not provide",
            "check: 3 errors",
        ],
    );
    all.never_prints(&["error it imports wasi:cli/stdout"]);
    // Found only by the linker, after the component is compiled.
    let differs = check_file("p.wasm", &component(&[unlike, good, ENTRY].concat()), &[]);
    differs.prints(
        3,
        &[
            "runnable no: `wasmysql run` can't run it",
            "error it imports wasi:cli/stdin@0.2.6, which differs from the interface that this host provides",
            "check: 1 error",
        ],
    );
}

#[test]
fn imports_of_a_missing_package_are_one_error() {
    let import = |name: &str| format!(r#"(import "wasi:nn/{name}@0.2.0" (instance (export "f" (func))))"#);
    let names = ["errors", "graph", "inference", "tensor"].map(import).concat();
    let both = check_file("p.wasm", &component(&(names + ENTRY)), &[]);
    both.prints(
        3,
        &["error it imports wasi:nn/errors@0.2.0, wasi:nn/graph@0.2.0, wasi:nn/inference", "check: 1 error"],
    );
}

#[test]
fn files_that_are_not_plugins_are_explained() {
    check_file("p.wasm", b"SELECT 1", &[]).prints(3, &["it is not WebAssembly", "check: 1 error"]);
    check_file("p.wasm", b"\0asm\x01\0\0\0", &[]).prints(3, &["core WebAssembly module", "wasm32-wasip2"]);
    check_file("p.wasm", &component(""), &[]).prints(3, &["it exports nothing", "with a `main`"]);
    let library = ENTRY.replace("wasi:cli/run@0.2.6", "shop:reports/sales@1.0.0");
    check_file("p.wasm", &component(&library), &[])
        .prints(3, &["shop:reports@1.0.0 sales", "its exports are for another host", "wasmysql new --world"]);
    check(["/no/such.wasm"]).prints(3, &["/no/such.wasm", "No such file"]);
}

#[test]
fn async_imports_of_a_blocking_entry_are_reported() {
    let import = r#"(import "wasmysql:mysql/engine@0.1.0" (instance))"#;
    check_file("p.wasm", &component(&format!("{import} {ENTRY}")), &[])
        .prints(0, &["warning its entry is not async", "wasmysql::blocking", "check: 1 warning"]);
    let blocking = import.replace("engine", "blocking-engine");
    check_file("p.wasm", &component(&format!("{blocking} {ENTRY}")), &[]).prints(0, &["check: no problems found"]);
}

#[test]
fn grants_of_the_plugin_name_are_reported() {
    let directory = TempDir::new().unwrap();
    let config = directory.path().join("hosts.toml");
    let databases =
        "[database.a]\nurl = 'mysql://u:hidden@127.0.0.1:1/s'\n[database.b]\nurl = 'mysql://u@127.0.0.1:1/t'\n";
    let grants =
        "[[grant]]\nguest = '*'\ndatabase = 'a'\n[[grant]]\nguest = 'report'\ndatabase = 'a'\nstatements = 'read'\n";
    fs::write(&config, format!("{databases}{grants}")).unwrap();
    let config = ["--config", config.to_str().unwrap()];
    let plugin = component(&format!(r#"(import "wasmysql:mysql/blocking-engine@0.1.0" (instance)) {ENTRY}"#));

    let by_name = check_file("report.wasm", &plugin, &config);
    by_name.prints(3, &["granted a read u@127.0.0.1:1/s to this plugin", "no grant names this database"]);
    by_name.never_prints(&["hidden"]);
    check_file("other.wasm", &plugin, &config).prints(3, &["granted a dml u@127.0.0.1:1/s to every plugin"]);

    let only_report = [databases, &grants[grants.rfind("[[").unwrap()..]].concat();
    fs::write(config[1], only_report).unwrap();
    check_file("other.wasm", &plugin, &config).prints(3, &["error it uses databases, but no grant is for \"other\""]);
    check_file("other.wasm", &component(ENTRY), &config).never_prints(&["it uses databases"]);
}
