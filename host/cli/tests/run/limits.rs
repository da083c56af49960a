//! What a plugin may use of this machine, and the options that give it more.

use std::fs;

use super::{COMPUTE_FOR_EVER, NO_SERVER, P2, P3, SUCCESS, assert_ended, check, component, plugin, run, wasmysql};

#[test]
fn a_plugin_that_computes_for_too_long_is_told_the_option() {
    for wasi in [P3, P2] {
        let arguments = [&NO_SERVER[..], &["--max-cpu-time", "1"]].concat();
        let messages =
            ["plugin.wasm", "the guest has computed for the 1000 ms that it may", "--max-cpu-time gives it more"];
        check(&plugin(wasi, COMPUTE_FOR_EVER), &arguments, 1, &messages);
    }
}

#[test]
fn each_limit_is_told_with_its_option() {
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
        (instances("(memory 1025)", 1), "memory beyond the 67108864 bytes", "--max-memory", "65"),
        (instances("(memory 1)", 3), "more memories than the 2", "--max-memories", "3"),
        (instances("(table 20001 funcref)", 1), "table beyond the 20000 elements", "--max-table-elements", "20001"),
        (instances("(table 1 funcref)", 21), "more tables than the 20", "--max-tables", "21"),
        (instances("", 51), "more core instances than the 50", "--max-instances", "52"),
    ] {
        let plugin = with(&content);
        check(&plugin, &NO_SERVER, 1, &[message, &format!("{option} gives it more")]);
        check(&plugin, &[&NO_SERVER[..], &[option, enough]].concat(), 0, &[]);
    }
}

#[test]
fn a_plugin_that_is_refused_memory_and_traps_is_told_the_option() {
    let grows = "(memory.grow (i32.const 2000)) i32.const -1 i32.eq if unreachable end i32.const 0";
    let plugin = component(&format!(
        r#"(core module $code (memory 1) (func (export "run") (result i32) {grows}))
           (core instance $code (instantiate $code))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
    ));
    check(&plugin, &NO_SERVER, 1, &["`unreachable`", "was refused memory beyond", "--max-memory gives it more"]);
    check(&plugin, &[&NO_SERVER[..], &["--max-memory", "256"]].concat(), 0, &[]);
}

#[test]
fn limits_are_given_to_the_runner_before_the_plugin() {
    let (directory, _) = run(&plugin(P3, COMPUTE_FOR_EVER), &[]);
    let path = directory.path().join("plugin.wasm");
    let arguments = ["runner", "--max-cpu-time", "1", path.to_str().unwrap(), "an argument"];
    let output = wasmysql(arguments.map(std::ffi::OsStr::new)).env_remove("CARGO_MANIFEST_DIR").output().unwrap();
    assert_ended(&output, 1, &["computed for the 1000 ms"]);
    assert!(fs::exists(path).unwrap());
    check(&plugin(P3, SUCCESS), &[&NO_SERVER[..], &["--max-memory", "0"]].concat(), 2, &["--max-memory"]);
}
