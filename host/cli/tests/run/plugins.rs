//! Plugins of a few instructions, written out.

/// A component whose `run` has this body; 0 is success and 1 is an error.
pub(crate) fn plugin(body: &str) -> Vec<u8> {
    plugin_exporting("wasi:cli/run@0.3.0", body)
}

/// The same, with another name for the interface of `run`.
pub(crate) fn plugin_exporting(interface: &str, body: &str) -> Vec<u8> {
    component(&format!(
        r#"(core module $code (func $run (export "run") (result i32) {body}))
           (core instance $code (instantiate $code))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "{interface}") (export "run" (func $run)))"#
    ))
}

/// A plugin that ends with an exit code of its own.
pub(crate) fn plugin_exiting(code: u8) -> Vec<u8> {
    component(&format!(
        r#"(import "wasi:cli/exit@0.3.0" (instance $wasi (export "exit-with-code" (func (param "status-code" u8)))))
           (core func $exit (canon lower (func $wasi "exit-with-code")))
           (core module $code
               (import "" "exit" (func $exit (param i32)))
               (func (export "run") (result i32) (call $exit (i32.const {code})) unreachable))
           (core instance $code (instantiate $code (with "" (instance (export "exit" (func $exit))))))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
    ))
}

/// A plugin that would succeed, but for an import that it does not use.
pub(crate) fn plugin_importing(interface: &str) -> Vec<u8> {
    component(&format!(
        r#"(import "{interface}" (instance (export "something" (func))))
           (core module $code (func (export "run") (result i32) i32.const 0))
           (core instance $code (instantiate $code))
           (func $run async (result (result)) (canon lift (core func $code "run")))
           (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run)))"#
    ))
}

/// A component of this content.
pub(crate) fn component(content: &str) -> Vec<u8> {
    wat::parse_str(format!("(component {content})")).unwrap()
}
