//! Tests of `cargo test` in a plugin whose tests end in different ways.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Project, assert_ended};

/// The project, which is created once.
static PROJECT: LazyLock<Project> = LazyLock::new(|| {
    let project = Project::new("every_ending", &[]);
    project.write("src/main.rs", include_str!("every_ending.rs"));
    project.write("migrations/0001_create_visits.sql", "CREATE TABLE things (id INT PRIMARY KEY);");
    project
});

/// Runs `cargo test` with arguments for the tests.
fn test(arguments: &[&str]) -> Output {
    PROJECT.cargo(&[&["test", "--quiet", "--"], arguments].concat())
}

/// Checks the verdicts of the tests, in any order, and the summary.
#[track_caller]
fn check(arguments: &[&str], code: i32, verdicts: &[&str], summary: &str) {
    let output = PROJECT.cargo(&[&["test", "--"], arguments].concat());
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<&str> = stdout.lines().filter_map(|line| line.strip_prefix("test ")).collect();
    lines.retain(|line| line.contains(" ... "));
    lines.sort_unstable();
    assert_eq!(lines, verdicts, "{output:?}");
    assert_ended(&output, code, &[summary]);
}

#[test]
fn every_ending_is_reported() {
    let output = PROJECT.cargo(&["test", "--", "--timeout", "2"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<&str> = stdout.lines().filter(|line| line.contains(" ... ")).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "test plain::is_expected_to_panic ... ignored",
            "test plain::is_ignored ... ignored",
            "test plain::panics ... FAILED",
            "test plain::returns_an_error ... FAILED",
            "test plain::succeeds ... ok",
            "test tests::does_not_end ... FAILED",
            "test tests::inner::does_not_wait ... ok",
            "test tests::is_ignored ... ignored",
            "test tests::panics ... FAILED",
            "test tests::returns_an_error ... FAILED",
            "test tests::succeeds ... ok",
            "test tests::traps ... FAILED",
        ]
    );
    assert_ended(
        &output,
        101,
        &["running 12 tests", "test result: FAILED. 3 passed; 6 failed; 3 ignored; 0 measured;"],
    );
    for (name, output) in [
        ("plain::panics", &["panicked at src/main.rs", "the sum is wrong"][..]),
        ("plain::returns_an_error", &["before the error\nError: \"expected error\"\n"]),
        ("tests::does_not_end", &["it did not end within 2 s"]),
        ("tests::panics", &["before the panic\n", "panicked at src/main.rs", "expected panic"]),
        ("tests::returns_an_error", &["Error: Duplicate entry '1'", "(1062, 23000)"]),
        ("tests::traps", &["wasm trap: wasm `unreachable` instruction executed", "wasm backtrace"]),
    ] {
        let (_, section) = stdout.split_once(&format!("---- {name} ----\n")).unwrap();
        let section = section.split("\n---- ").next().unwrap();
        for words in output {
            assert!(section.contains(words), "{name}: no '{words}' in: {section}");
        }
    }
    assert!(!stdout.contains("output of a passing test"), "{stdout}");
}

#[test]
fn filters_select_tests_by_name() {
    check(&["succeeds"], 0, &["plain::succeeds ... ok", "tests::succeeds ... ok"], "2 passed; 0 failed; 0 ignored");
    check(&["tests::succeeds", "--exact"], 0, &["tests::succeeds ... ok"], "1 passed; 0 failed; 0 ignored");
    check(&["no such test"], 0, &[], "0 passed; 0 failed; 0 ignored; 0 measured; 12 filtered out");
    check(
        &["tests::is_ignored", "--ignored"],
        101,
        &["tests::is_ignored ... FAILED"],
        "this test must not run by default",
    );
}

#[test]
fn tests_are_listed() {
    let listed = test(&["--list", "--format", "terse", "--ignored"]);
    assert_ended(&listed, 0, &[]);
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "plain::is_ignored: test\ntests::is_ignored: test\n");
    assert_ended(&test(&["--list"]), 0, &["tests::inner::does_not_wait: test\n", "12 tests, 0 benchmarks"]);
}

#[test]
fn nocapture_shows_the_output_of_passing_tests() {
    let shown = ["---- tests::succeeds ----\noutput of a passing test\n1 things\n", "1 passed"];
    assert_ended(&test(&["tests::succeeds", "--nocapture"]), 0, &shown);
}

#[test]
fn interrupt_stops_tests_and_their_server() {
    let temporary = tempfile::tempdir().unwrap();
    let mut cargo = PROJECT.cargo_command(&["test", "--quiet", "--", "does_not_end"]);
    let cargo = cargo.env("TMPDIR", temporary.path()).process_group(0).stdout(Stdio::null());
    let mut child = Group(cargo.spawn().unwrap());
    let entries = || fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().path());
    let is_ready = |log: PathBuf| fs::read_to_string(log).is_ok_and(|log| log.contains("ready for connections"));
    await_that(|| entries().any(|entry| is_ready(entry.join("server.log"))));

    kill_process_group(Pid::from_child(&child.0), Signal::INT).unwrap();
    await_that(|| child.0.try_wait().unwrap().is_some());
    await_that(|| entries().count() == 0);
}

/// A child in a separate process group, which is killed when the test ends.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // After a successful wait the system can reuse the id, so only a running child is killed.
        if let Ok(None) = self.0.try_wait() {
            let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
            let _ = self.0.wait();
        }
    }
}

#[track_caller]
fn await_that(mut condition: impl FnMut() -> bool) {
    // The timeout is long, because a machine that also compiles is slow.
    let deadline = Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(Instant::now() < deadline, "the condition was not met in time");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn unknown_test_arguments_are_rejected() {
    assert_ended(&test(&["--shuffle"]), 2, &["--shuffle"]);
    assert_ended(&test(&["--test-threads", "0"]), 2, &["--test-threads"]);
    assert_ended(&test(&["--help"]), 0, &["cargo test -- [OPTIONS] [FILTER]...", "--include-ignored", "Exit codes"]);
}

#[test]
fn cargo_run_runs_the_program() {
    let ran = PROJECT.cargo(&["run", "--quiet"]);
    assert_ended(&ran, 0, &["0 things\n"]);
}

#[test]
fn migration_error_is_reported_with_its_line() {
    let project = Project::new("no_schema", &[]);
    let file = "migrations/0001_create_visits.sql";
    project.write(file, "-- Two statements.\nSELECT 1;\nCREATE TABEL pages (path VARCHAR(200));\n");
    let message = format!("{file}:3: CREATE TABEL pages (path VARCHAR(200))\n  You have an error in your SQL syntax");
    let words = [message.as_str(), "1064, 42000"];
    assert_ended(&project.cargo(&["test"]), 3, &words);
    assert_ended(&project.cargo(&["run"]), 3, &words);
}
