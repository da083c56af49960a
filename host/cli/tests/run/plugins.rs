//! Small plugins in the text format of WebAssembly.

/// The WASI version of a plugin.
#[derive(Clone, Copy)]
pub(crate) struct Wasi {
    version: &'static str,
    /// The type of `run` in this version.
    run: &'static str,
}

pub(crate) const P3: Wasi = Wasi { version: "0.3.0", run: "async (result (result))" };
pub(crate) const P2: Wasi = Wasi { version: "0.2.6", run: "(result (result))" };

/// Returns a component whose `run` has this body. The result 0 is success and 1 is an error.
pub(crate) fn plugin(wasi: Wasi, body: &str) -> Vec<u8> {
    let Wasi { version, run } = wasi;
    exporting(&format!("wasi:cli/run@{version}"), run, body)
}

/// Returns a component like [`plugin`] that also imports `wasmysql:mysql`.
pub(crate) fn plugin_with_mysql(wasi: Wasi, body: &str) -> Vec<u8> {
    let Wasi { version, run } = wasi;
    component(&format!(
        r#"(import "wasmysql:mysql/engine@0.1.0" (instance))
           {}"#,
        exported(&format!("wasi:cli/run@{version}"), run, body)
    ))
}

/// Returns a component that exports `run` in this interface.
pub(crate) fn plugin_exporting(interface: &str) -> Vec<u8> {
    exporting(interface, P3.run, "i32.const 0")
}

fn exporting(interface: &str, run: &str, body: &str) -> Vec<u8> {
    component(&exported(interface, run, body))
}

fn exported(interface: &str, run: &str, body: &str) -> String {
    format!(
        r#"(core module $code (func $run (export "run") (result i32) {body}))
           (core instance $code (instantiate $code))
           (func $run {run} (canon lift (core func $code "run")))
           (instance (export "{interface}") (export "run" (func $run)))"#
    )
}

/// Returns a component that exports `run` of both WASI versions. `run` of 0.3 succeeds, `run` of
/// 0.2 traps.
pub(crate) fn plugin_of_both() -> Vec<u8> {
    let (Wasi { version: v2, run: run2 }, Wasi { version: v3, run: run3 }) = (P2, P3);
    component(&format!(
        r#"(core module $code
               (func (export "run2") (result i32) unreachable)
               (func (export "run3") (result i32) i32.const 0))
           (core instance $code (instantiate $code))
           (func $run2 {run2} (canon lift (core func $code "run2")))
           (func $run3 {run3} (canon lift (core func $code "run3")))
           (instance (export "wasi:cli/run@{v2}") (export "run" (func $run2)))
           (instance (export "wasi:cli/run@{v3}") (export "run" (func $run3)))"#
    ))
}

/// Returns a plugin that exits with this code.
pub(crate) fn plugin_exiting(wasi: Wasi, code: u8) -> Vec<u8> {
    let Wasi { version, run } = wasi;
    component(&format!(
        r#"(import "wasi:cli/exit@{version}" (instance $wasi
               (export "exit-with-code" (func (param "status-code" u8)))))
           (core func $exit (canon lower (func $wasi "exit-with-code")))
           (core module $code
               (import "" "exit" (func $exit (param i32)))
               (func (export "run") (result i32) (call $exit (i32.const {code})) unreachable))
           (core instance $code (instantiate $code (with "" (instance (export "exit" (func $exit))))))
           (func $run {run} (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@{version}") (export "run" (func $run)))"#
    ))
}

/// Returns a plugin of WASI 0.2 that imports `wasmysql:mysql` and waits for an hour.
pub(crate) fn plugin_waiting() -> Vec<u8> {
    component(
        r#"(import "wasmysql:mysql/engine@0.1.0" (instance))
           (import "wasi:io/poll@0.2.6" (instance $poll
               (export "pollable" (type $pollable (sub resource)))
               (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
           (alias export $poll "pollable" (type $pollable))
           (import "wasi:clocks/monotonic-clock@0.2.6" (instance $clock
               (export "pollable" (type $subscribed (eq $pollable)))
               (export "subscribe-duration" (func (param "when" u64) (result (own $subscribed))))))
           (core func $block (canon lower (func $poll "[method]pollable.block")))
           (core func $subscribe (canon lower (func $clock "subscribe-duration")))
           (core module $code
               (import "" "block" (func $block (param i32)))
               (import "" "subscribe" (func $subscribe (param i64) (result i32)))
               (func (export "run") (result i32)
                   (call $block (call $subscribe (i64.const 3_600_000_000_000))) unreachable))
           (core instance $code (instantiate $code
               (with "" (instance (export "block" (func $block)) (export "subscribe" (func $subscribe))))))
           (func $run (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.2.6") (export "run" (func $run)))"#,
    )
}

/// Returns a plugin of WASI 0.2 that calls an async function.
pub(crate) fn plugin_calling_async() -> Vec<u8> {
    component(
        r#"(import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock
               (export "wait-for" (func async (param "how-long" u64)))))
           (core func $wait (canon lower (func $clock "wait-for")))
           (core module $code
               (import "" "wait" (func $wait (param i64)))
               (func (export "run") (result i32) (call $wait (i64.const 1)) i32.const 0))
           (core instance $code (instantiate $code (with "" (instance (export "wait" (func $wait))))))
           (func $run (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.2.6") (export "run" (func $run)))"#,
    )
}

/// Returns a plugin with an unused import of this interface.
pub(crate) fn plugin_importing(interface: &str) -> Vec<u8> {
    component(&format!(
        r#"(import "{interface}" (instance (export "something" (func))))
           (core module $code (func (export "run") (result i32) i32.const 0))
           (core instance $code (instantiate $code))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
    ))
}

/// Compiles a component with this content.
pub(crate) fn component(content: &str) -> Vec<u8> {
    wat::parse_str(format!("(component {content})")).unwrap()
}
