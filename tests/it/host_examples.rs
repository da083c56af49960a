//! The examples of hosts run, with plugins that work, trap and compute for ever.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use wasmysql_tests::{Schema, shared_server};

use crate::programs;

/// Returns the command of an example, which cargo builds with the tests.
fn example(name: &str) -> Command {
    let tests = env::current_exe().unwrap();
    let path = tests.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "{}: run `cargo build --package wasmysql-host --examples`", path.display());
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

fn url(schema: &Schema) -> String {
    let url = shared_server().url();
    format!("{}/{}", url.rsplit_once('/').unwrap().0, schema.name())
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Returns a schema with the tables of the template of worlds.
async fn flights() -> Schema {
    let mut schema = Schema::new().await;
    for sql in
        include_str!("../../guest/templates/world/migrations/0001_create_flights.sql").split(";\n").map(str::trim)
    {
        if !sql.is_empty() {
            schema.run(sql).await;
        }
    }
    schema
}

/// Returns a component with the world of the template. Its `report` has this body.
fn plugin(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (core module $code
                (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 16)
                (func (export "report") (param i32 i32) (result i32) {body}))
            (core instance $code (instantiate $code))
            (type $record (record (field "flights" u64) (field "mean-delay" (option f64))))
            (export $summary "summary" (type $record))
            (func $report async (param "carrier" string) (result (result $summary (error string)))
                (canon lift (core func $code "report") (memory (core memory $code "memory")) (realloc (core func $code "realloc"))))
            (export "report" (func $report)))"#
    );
    wat::parse_str(text).unwrap()
}

const TRAP: &str = "unreachable";
const COMPUTE_FOR_EVER: &str = "loop br 0 end unreachable";

#[tokio::test(flavor = "multi_thread")]
async fn smallest_host_runs_a_command() {
    let schema = Schema::new().await;
    let mut command = example("embed");
    let output = command.args([programs::RUNS_EACH_STATEMENT, &url(&schema), "SELECT 1"]).output().unwrap();
    assert_eq!(stdout(&output), "done, 0 rows\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_host_creates_tables_with_another_account() {
    let mut schema = Schema::new().await;
    let (name, user) = (schema.name().to_owned(), format!("app_{}", schema.name()));
    schema.run(&format!("CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'secret'")).await;
    schema.run(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {name}.* TO '{user}'@'127.0.0.1'")).await;
    let app = format!("mysql://{user}:secret@127.0.0.1:{}/{name}", shared_server().port());
    let run = || {
        let mut command = example("migrate");
        let statements = ["UPDATE pages SET visits = visits + 1", "DROP TABLE pages"];
        command.args([programs::RUNS_EACH_STATEMENT, &app, &url(&schema)]).args(statements);
        stdout(&command.output().unwrap())
    };
    let plugin = "done, 3 rows\nStatementDenied: ";
    let first = run();
    let migrated = format!("applying 0001_create_visits.sql (3 statements)\n1 migrations applied\n{plugin}");
    assert!(first.starts_with(&migrated), "{first}");
    let second = run();
    assert!(second.starts_with(&format!("0 migrations applied\n{plugin}")), "{second}");
    assert_eq!(schema.value::<u32>("SELECT SUM(visits) FROM pages").await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn plugins_that_misbehave_do_not_affect_the_others() {
    let schema = flights().await;
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let works = fs::read(programs::WASMYSQL_TEMPLATE_WORLD).unwrap();
    let files = [
        write("trusted.wasm", &works),
        write("other.wasm", &works),
        write("traps.wasm", &plugin(TRAP)),
        write("computes.wasm", &plugin(COMPUTE_FOR_EVER)),
        write("broken.wasm", b"not a component"),
    ];
    let mut command = example("plugins");
    let output = command.arg(url(&schema)).args(&files).output().unwrap();
    let printed = stdout(&output);
    let has = |line: &str| assert!(printed.lines().any(|printed| printed.contains(line)), "no '{line}' in: {printed}");
    has("trusted: 3 flights, mean delay Some(2.5)");
    has("other: 3 flights, mean delay Some(2.5)");
    has("traps failed: wasm trap: wasm `unreachable` instruction executed");
    has("computes failed: the guest exceeded its limit of 500 ms of CPU time");
    has("broken.wasm can't be loaded: ");
}

/// A running server, which is killed when the test ends.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("no address: {line}"));
        Self { child, address: address.to_owned() }
    }

    /// Sends a request, and returns the status line and the body of the response.
    fn send(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: test.example\r\nConnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_server_calls_plugins_of_tenants_and_reloads_them() {
    let (acme, mut other) = (flights().await, flights().await);
    other.run("DELETE FROM flights").await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("acme.wasm");
    fs::copy(programs::WASMYSQL_TEMPLATE_WORLD, &file).unwrap();
    let tenant = |name: &str, file: &Path, schema: &Schema| format!("{name}={},{}", file.display(), url(schema));
    let mut command = example("axum");
    command.arg("127.0.0.1:0").arg(tenant("acme", &file, &acme));
    command.arg(tenant("other", Path::new(programs::WASMYSQL_TEMPLATE_WORLD), &other)).stderr(Stdio::null());
    let server = Server::start(&mut command);

    let (status, report) = server.send("GET /reports/acme/UA");
    assert_eq!(status, "HTTP/1.1 200 OK", "{report}");
    assert!(report.starts_with("3 flights (1 query in "), "{report}");
    assert!(server.send("GET /reports/other/UA").1.starts_with("0 flights "));
    assert_eq!(server.send("GET /reports/nobody/UA").0, "HTTP/1.1 404 Not Found");

    fs::write(&file, b"not a component").unwrap();
    let (status, message) = server.send("POST /reload/acme");
    assert!(status.contains(" 422 ") && message.starts_with("the previous version stays"), "{status}: {message}");
    assert_eq!(server.send("GET /reports/acme/UA").0, "HTTP/1.1 200 OK");

    fs::write(&file, plugin(TRAP)).unwrap();
    assert_eq!(server.send("POST /reload/acme"), ("HTTP/1.1 200 OK".to_owned(), "reloaded\n".to_owned()));
    let (status, message) = server.send("GET /reports/acme/UA");
    assert!(status.contains(" 500 ") && message.starts_with("the report failed, request "), "{status}: {message}");
    assert_eq!(server.send("GET /reports/other/UA").0, "HTTP/1.1 200 OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_see_only_their_rows() {
    let mut schema = Schema::new().await;
    let source = include_str!("../../host/examples/tenants.rs");
    let sql: String = source.split("```sql\n").nth(1).unwrap().split("```").next().unwrap().replace("//! ", "");
    for statement in sql.split(";\n").map(str::trim).filter(|sql| !sql.is_empty() && !sql.starts_with("--")) {
        // The account of the tests has all privileges of its schema.
        if !statement.starts_with("GRANT") {
            schema.run(statement).await;
        }
    }
    let run = |tenant: &str, statements: &[&str]| {
        let mut command = example("tenants");
        stdout(&command.args([programs::PRINTS_EACH_RESULT, &url(&schema), tenant]).args(statements).output().unwrap())
    };
    assert_eq!(
        run("acme", &["INSERT INTO notes (note) VALUES ('first')", "SELECT note FROM notes"]),
        "1 rows\nfirst\n"
    );
    assert_eq!(run("other", &["SELECT CAST(COUNT(*) AS CHAR) FROM notes", "DELETE FROM notes"]), "0\n0 rows\n");
    assert_eq!(run("ACME", &["SELECT CAST(COUNT(*) AS CHAR) FROM notes"]), "0\n");
    assert_eq!(run("acme ", &["SELECT CAST(COUNT(*) AS CHAR) FROM notes"]), "0\n");
    let mut command = example("tenants");
    command.args([programs::PRINTS_WARNINGS, &url(&schema), "other"]);
    let evaluates = "SELECT id FROM notes WHERE id = 1 AND CAST(note AS SIGNED)";
    let warnings = stdout(&command.arg(evaluates).output().unwrap());
    assert!(!warnings.contains("first"), "{warnings}");
    let printed = run("acme", &["SELECT @tenant := 'other'", "SELECT note FROM notes"]);
    assert!(printed.contains("sets variables for this guest") && printed.ends_with("\nfirst\n"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn allow_list_admits_only_the_statements_of_its_file() {
    let schema = flights().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("statements.sql");
    fs::write(&file, "-- name: count_flights\nSELECT COUNT(*)\nFROM flights;\n-- name: one\nSELECT 1\n").unwrap();
    let mut command = example("allow_list");
    command.args([programs::RUNS_EACH_STATEMENT, &url(&schema)]).arg(&file);
    let output = command.args(["SELECT COUNT(*)\nFROM flights", "SELECT 1", "SELECT 2"]).output().unwrap();
    let denied = "StatementDenied: the host does not allow this statement: it is not in the file of named statements";
    assert_eq!(stdout(&output), format!("done, 0 rows\ndone, 0 rows\n{denied}\n"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "visits runs count_flights with 0 parameters\nvisits runs one with 0 parameters\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_log_has_a_line_for_each_statement() {
    let schema = Schema::new().await;
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("audit.jsonl");
    let mut command = example("audit_log");
    command.args([programs::RUNS_EACH_STATEMENT, &url(&schema)]).arg(&log);
    let output = command.args(["CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)", "SET @a = 1"]).output().unwrap();
    assert!(stdout(&output).starts_with("done, 0 rows\ndone, 1 rows\nStatementDenied"), "{output:?}");
    let lines = fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let logged: Vec<_> = lines.iter().map(|line| (line["kind"].as_str(), line["sql"].as_str())).collect();
    let expected = [(Some("ddl"), Some("CREATE TABLE t (id INT)")), (Some("dml"), Some("INSERT INTO t VALUES (1)"))];
    assert_eq!(logged, expected);
    assert!(lines.iter().all(|line| line["guest"] == "visits" && line["operation"] == "Execute"), "{lines:?}");
}
