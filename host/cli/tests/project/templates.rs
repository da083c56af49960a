//! Tests that run `cargo run` and `cargo test` in new plugins.

use crate::{Project, assert_ended};

#[test]
fn new_command_runs_and_its_tests_pass() {
    let project = Project::new("visits", &[]);
    let ran = project.cargo(&["run", "--quiet"]);
    assert_ended(&ran, 0, &[]);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "/         2 visits\n/about    1 visits\n");
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(stderr.is_empty(), "unexpected output on stderr: {stderr}");

    let tested = project.cargo(&["test"]);
    assert_ended(
        &tested,
        0,
        &[
            "running 2 tests",
            "test tests::visit_to_unknown_page_is_refused ... ok",
            "test tests::visits_are_counted ... ok",
            "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in ",
        ],
    );
    assert!(!String::from_utf8_lossy(&tested.stderr).contains("warning"), "{tested:?}");
}

#[test]
fn tests_of_a_new_world_pass() {
    let project = Project::new("flights", &["--world"]);
    let tested = project.cargo(&["test"]);
    assert_ended(&tested, 0, &["test tests::flights_are_summed_up ... ok", "test result: ok. 2 passed; 0 failed"]);
    assert!(!String::from_utf8_lossy(&tested.stderr).contains("warning"), "{tested:?}");
}

#[test]
fn world_can_be_changed_to_blocking_exports() {
    let project = Project::new("plain", &["--world"]);
    project.change("wit/world.wit", &[("/imports@", "/blocking-imports@"), ("async func", "func")]);
    project.change(
        "src/lib.rs",
        &[
            ("use wasmysql::Engine;", "use wasmysql::blocking::Engine;"),
            (
                "mysql/connection@0.1.0\": wasmysql::bindings::",
                "mysql/blocking-connection@0.1.0\": wasmysql::bindings::blocking_",
            ),
            (
                "mysql/engine@0.1.0\": wasmysql::bindings::",
                "mysql/blocking-engine@0.1.0\": wasmysql::bindings::blocking_",
            ),
            ("async fn", "fn"),
            (".await", ""),
            // Tests of blocking code need no attribute.
            ("#[wasmysql::tests]\n", ""),
        ],
    );
    let tested = project.cargo(&["test"]);
    assert_ended(&tested, 0, &["test tests::flights_are_summed_up ... ok", "test result: ok. 2 passed; 0 failed"]);
}
