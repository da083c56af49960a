//! Tests of the limits of a plugin and of their options.

use std::fs;

use super::{COMPUTE_FOR_EVER, NO_SERVER, P2, P3, SUCCESS, assert_ended, check, component, plugin, run, wasmysql};

#[test]
fn cpu_time_limit_is_reported_with_its_option() {
    for wasi in [P3, P2] {
        let arguments = [&NO_SERVER[..], &["--max-cpu-time", "1"]].concat();
        let messages = [
            "plugin.wasm",
            "the guest exceeded its limit of 1000 ms of CPU time",
            "raise the limit with --max-cpu-time",
        ];
        check(&plugin(wasi, COMPUTE_FOR_EVER), &arguments, 1, &messages);
    }
}

#[test]
fn each_limit_is_reported_with_its_option() {
    let with = |content: &str| {
        component(&format!(
            r#"{content}
               (core module $code (func (export "run") (result i32) i32.const 0))
               (core instance $code (instantiate $code))
               (func $run async (result (result)) (canon lift (core func $code "run")))
               (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
        ))
    };
    let instances = |module: &str, count: usize| {
        format!("(core module $m {module}) {}", "(core instance (instantiate $m))".repeat(count))
    };
    for (content, message, option, enough) in [
        (instances("(memory 1025)", 1), "limit of 67108864 bytes per memory", "--max-memory", "65"),
        (instances("(memory 1)", 3), "limit of 2 memories", "--max-memories", "3"),
        (instances("(table 20001 funcref)", 1), "limit of 20000 elements per table", "--max-table-elements", "20001"),
        (instances("(table 1 funcref)", 21), "limit of 20 tables", "--max-tables", "21"),
        (instances("", 51), "limit of 50 core instances", "--max-instances", "52"),
    ] {
        let plugin = with(&content);
        check(&plugin, &NO_SERVER, 1, &[message, &format!("raise the limit with {option}")]);
        check(&plugin, &[&NO_SERVER[..], &[option, enough]].concat(), 0, &[]);
    }
}

#[test]
fn trap_after_refused_memory_is_reported_with_the_option() {
    let grows = "(memory.grow (i32.const 2000)) i32.const -1 i32.eq if unreachable end i32.const 0";
    let plugin = component(&format!(
        r#"(core module $code (memory 1) (func (export "run") (result i32) {grows}))
           (core instance $code (instantiate $code))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
    ));
    check(&plugin, &NO_SERVER, 1, &["`unreachable`", "bytes per memory", "raise the limit with --max-memory"]);
    check(&plugin, &[&NO_SERVER[..], &["--max-memory", "256"]].concat(), 0, &[]);
}

#[test]
fn runner_accepts_limits_before_the_plugin() {
    let (directory, _) = run(&plugin(P3, COMPUTE_FOR_EVER), &[]);
    let path = directory.path().join("plugin.wasm");
    let arguments = ["runner", "--max-cpu-time", "1", path.to_str().unwrap(), "an argument"];
    let output = wasmysql(arguments.map(std::ffi::OsStr::new)).env_remove("CARGO_MANIFEST_DIR").output().unwrap();
    assert_ended(&output, 1, &["exceeded its limit of 1000 ms of CPU time"]);
    assert!(fs::exists(path).unwrap());
    check(&plugin(P3, SUCCESS), &[&NO_SERVER[..], &["--max-memory", "0"]].concat(), 2, &["--max-memory"]);
}
