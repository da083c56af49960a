//! Tests that run `cargo run` and `cargo test` in new plugins.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Project, assert_ended};

#[test]
fn new_command_runs_and_its_tests_pass() {
    let project = Project::new("visits", &[]);
    let ran = project.cargo(&["run", "--quiet"]);
    assert_ended(&ran, 0, &[]);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "/         2 visits\n/about    1 visits\n");
    let stderr = String::from_utf8_lossy(&ran.stderr);
    // On a slow machine.
    let stderr = stderr.replace("compiling visits.wasm ...\n", "");
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
fn new_http_plugin_is_served_and_its_tests_pass() {
    let project = Project::new("counter", &["--http"]);
    let tested = project.cargo(&["test"]);
    let results = [
        "test tests::invalid_requests_are_refused ... ok",
        "test tests::visits_are_counted ... ok",
        "test result: ok. 2 passed; 0 failed",
    ];
    assert_ended(&tested, 0, &results);
    assert!(!String::from_utf8_lossy(&tested.stderr).contains("warning"), "{tested:?}");

    let mut command = project.cargo_command(&["run", "--quiet", "--", "--addr", "127.0.0.1:0"]);
    let mut child = Serving(command.stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let serving = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("serving ")).unwrap();
    let address = serving.rsplit_once("http://").unwrap().1;
    let send = |request: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{request}").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    };
    let head = "Host: test.example\r\nConnection: close";
    let visit = r#"{"path": "/about", "visitor": "Ada"}"#;
    let created = send(&format!("POST /visits HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n{visit}", visit.len()));
    assert!(created.starts_with("HTTP/1.1 201 Created"), "{created}");
    let pages = send(&format!("GET /pages HTTP/1.1\r\n{head}\r\n\r\n"));
    assert!(pages.contains(r#"[{"path":"/about","visits":1},{"path":"/","visits":0}"#), "{pages}");
    let missing = send(&format!("GET /nowhere HTTP/1.1\r\n{head}\r\nx-request-id: abc\r\n\r\n"));
    assert!(missing.starts_with("HTTP/1.1 404 ") && missing.contains(r#""request":"abc""#), "{missing}");
}

/// A server in a separate process group, which is stopped when the test ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::TERM);
        let _ = self.0.wait();
    }
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
