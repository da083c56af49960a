//! Tests of metrics for Prometheus and of JSON logs.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use wasmysql_test_artifacts::RUNS_EACH_STATEMENT;
use wasmysql_tests::samples;

use super::{COMPUTE_FOR_EVER, NO_SERVER, P3, SUCCESS, assert_ended, await_that, check, plugin, run, wasmysql};

/// A statement that is logged as slow.
const SLOW: &str = "DO SLEEP(1.1)";

/// A running plugin and the address of its metrics.
struct Serving {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Serving {
    fn start(command: &mut std::process::Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("metrics at http://").and_then(|line| line.strip_suffix("/metrics"));
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).parse().unwrap();
        Self { child, stderr, address }
    }

    /// Sends a request with this request line. Returns the head and body of the response.
    fn request(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn metrics_are_served_while_the_plugin_runs() {
    let arguments =
        ["run", RUNS_EACH_STATEMENT, "--metrics", "127.0.0.1:0", "--", "SELECT 1", "SELEC 1", SLOW, "DO SLEEP(60)"];
    let mut serving = Serving::start(&mut wasmysql(arguments.map(OsStr::new)));
    assert_ne!(serving.address.port(), 0);
    let slow = |body: &str| {
        samples(body).iter().any(|sample| sample.name == "wasmysql_statement_slow_total" && sample.value == 1.0)
    };
    // The private server is installed first, which takes seconds.
    await_that(|| slow(&serving.request("GET /metrics").1));

    let (head, body) = serving.request("GET /metrics");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    assert!(body.contains("# TYPE db_client_operation_duration_seconds histogram"), "{body}");
    assert!(body.contains("# HELP db_client_connection_count Connections of the pool"), "{body}");
    let counted = |name: &str, labels: &[(&str, &str)]| -> f64 {
        let has = |(label, value): &(&str, &str)| (label.to_string(), value.to_string());
        let samples = samples(&body).into_iter().filter(|sample| sample.name == name);
        let samples = samples
            .filter(|sample| labels.iter().map(has).all(|(label, value)| sample.labels.get(&label) == Some(&value)));
        samples.map(|sample| sample.value).sum()
    };
    let main = ("db_client_connection_pool_name", "main");
    assert_eq!(counted("db_client_connection_count", &[main, ("db_client_connection_state", "used")]), 1.0);
    let guest = ("wasmysql_guest", "runs_each_statement");
    let calls = "db_client_operation_duration_seconds_count";
    assert_eq!(counted(calls, &[main, guest, ("wasmysql_statement_kind", "read")]), 1.0);
    assert_eq!(counted(calls, &[main, guest, ("error_type", "statement-denied")]), 1.0);
    let buckets = "db_client_operation_duration_seconds_bucket";
    assert_eq!(counted(buckets, &[main, ("wasmysql_statement_kind", "dml"), ("le", "5")]), 1.0);
    assert_eq!(counted(buckets, &[main, ("wasmysql_statement_kind", "dml"), ("le", "1")]), 0.0);

    assert!(serving.request("HEAD /metrics").0.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(serving.request("GET /").0.starts_with("HTTP/1.1 404 "));
    assert!(serving.request("POST /metrics").0.starts_with("HTTP/1.1 405 "));

    rustix::process::kill_process(rustix::process::Pid::from_child(&serving.child), rustix::process::Signal::INT)
        .unwrap();
    await_that(|| serving.child.try_wait().unwrap().is_some());
    assert_eq!(serving.child.wait().unwrap().code(), Some(130));
    let mut stderr = String::new();
    serving.stderr.read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("slow statement") && !stderr.contains("SLEEP"), "{stderr}");
    assert!(TcpStream::connect(serving.address).is_err());
}

#[test]
fn idle_connections_do_not_block_metrics() {
    let arguments = [&NO_SERVER[..], &["--max-cpu-time", "0", "--metrics", "127.0.0.1:0"]].concat();
    let (_directory, mut command) = run(&plugin(P3, COMPUTE_FOR_EVER), &arguments);
    let serving = Serving::start(&mut command);
    let mut silent: Vec<_> = (0..200).map(|_| TcpStream::connect(serving.address).unwrap()).collect();
    for half in &mut silent[100..] {
        // The server may have closed this connection already.
        let _ = half.write_all(b"GET /metrics HTTP/1.1\r\nHost: ");
    }
    let begin = Instant::now();
    assert!(serving.request("GET /metrics").0.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    // The server closes the remaining connections after its timeout.
    let last = silent.last_mut().unwrap();
    last.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut response = Vec::new();
    let ended = last.read_to_end(&mut response);
    assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
}

#[test]
fn write_errors_on_stderr_do_not_change_exit_codes() {
    for format in ["text", "json"] {
        for (plugin, arguments, code) in [
            (plugin(P3, SUCCESS), &["--metrics", "127.0.0.1:0"][..], 0),
            (plugin(P3, "unreachable"), &[][..], 1),
            (plugin(P3, SUCCESS), &["--grant", "other=read"][..], 2),
            (plugin(P3, SUCCESS), &["--no-such-option"][..], 2),
            (b"nonsense".to_vec(), &[][..], 3),
        ] {
            let arguments = [&NO_SERVER[..], &["--log", format], arguments].concat();
            let (_directory, mut command) = run(&plugin, &arguments);
            let full = File::options().write(true).open("/dev/full").unwrap();
            // With the most verbose log filter.
            let status = command.env("RUST_LOG", "trace").stderr(full).status().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("visits");
    let status = wasmysql([OsStr::new("new"), project.as_os_str()]).stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(project.join("Cargo.toml").is_file());
}

#[test]
fn unusable_metrics_addresses_are_reported() {
    let plugin = plugin(P3, SUCCESS);
    let with = |address: &str, code, messages: &[&str]| {
        check(&plugin, &[&NO_SERVER[..], &["--metrics", address]].concat(), code, messages);
    };
    with("nowhere", 2, &["--metrics", "nowhere", "expected IP:PORT, such as 127.0.0.1:9185"]);
    with("127.0.0.1", 2, &["expected IP:PORT"]);
    with("127.0.0.1:70000", 2, &["expected IP:PORT"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _listener = TcpListener::bind(taken).unwrap();
    with(&taken.to_string(), 3, &[&format!("--metrics {taken}: Address already in use")]);
    // An address of another machine.
    with("192.0.2.1:9185", 3, &["--metrics 192.0.2.1:9185: "]);
}

#[test]
fn json_format_writes_one_object_per_line() {
    let lines = |command: &mut std::process::Command, code: i32| -> Vec<Value> {
        let output = command.output().unwrap();
        assert_ended(&output, code, &["{"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        stderr
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    };
    let message = |line: &Value| line["fields"]["message"].as_str().unwrap_or_default().to_owned();

    let arguments = ["run", RUNS_EACH_STATEMENT, "--log", "json", "--metrics", "127.0.0.1:0", "--", SLOW, "DO 1"];
    let logged = lines(&mut wasmysql(arguments.map(OsStr::new)), 0);
    assert!(message(&logged[0]).starts_with("metrics at http://127.0.0.1:"), "{logged:?}");
    let slow = logged.iter().find(|line| message(line) == "slow statement").unwrap();
    assert_eq!((&slow["level"], &slow["fields"]["guest"]), (&"WARN".into(), &"runs_each_statement".into()));
    assert_eq!((&slow["fields"]["database"], &slow["fields"]["kind"]), (&"main".into(), &"dml".into()));

    // The final error is written with any log filter.
    for (filter, everything) in [("off", false), ("trace", true)] {
        let (_directory, mut command) = run(&plugin(P3, "unreachable"), &[&NO_SERVER[..], &["--log", "json"]].concat());
        let logged = lines(command.env("RUST_LOG", filter), 1);
        assert_eq!(logged.len() > 1, everything, "{filter}: {}", logged.len());
        let error = logged.last().unwrap();
        assert_eq!(error["level"], "ERROR");
        assert!(message(error).contains("wasm backtrace"), "{error}");
    }

    check(&plugin(P3, SUCCESS), &["--log", "xml"], 2, &["xml", "text, json"]);
}

#[test]
fn text_is_the_default_format() {
    let arguments = ["run", "/no/such/plugin.wasm", "--log", "text"];
    for arguments in [&arguments[..2], &arguments[..]] {
        let output = wasmysql(arguments.iter().map(OsStr::new)).output().unwrap();
        assert_ended(&output, 3, &["error: /no/such/plugin.wasm: "]);
    }
}
