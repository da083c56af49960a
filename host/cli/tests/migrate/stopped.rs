//! Tests of a tool that is stopped in the middle of a file.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use wasmysql_tests::{PATIENCE, Schema};

use crate::{VISITS, database, directory, migrate, run};

/// Files whose second statement runs for `seconds`.
fn slow_directory(seconds: u32) -> TempDir {
    let slow =
        format!("CREATE TABLE a (id INT);\nCREATE TABLE b AS SELECT SLEEP({seconds}) AS n;\nCREATE TABLE c (id INT);");
    directory(&[VISITS, ("0002_slow.sql", &slow)])
}

/// A running tool, which is killed when the test ends.
struct Tool(Child);

impl Tool {
    /// Starts a run, and waits until its slow statement runs.
    async fn start(directory: &TempDir, schema: &mut Schema) -> Self {
        let (url, (variable, password)) = database(schema);
        let mut command = migrate(directory.path(), &["--database", &url]);
        let command = command.env(variable, password).stdout(Stdio::null()).stderr(Stdio::piped());
        let tool = Self(command.spawn().unwrap());
        schema.running("SLEEP(", 1, PATIENCE).await;
        tool
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn table_exists(schema: &mut Schema, table: &str) -> bool {
    let name = schema.name().to_owned();
    let sql = format!(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{name}' AND table_name = '{table}'"
    );
    schema.value::<u32>(&sql).await > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_tool_leaves_its_statement_to_the_next_run() {
    let mut schema = Schema::new().await;
    let directory = slow_directory(5);
    let mut tool = Tool::start(&directory, &mut schema).await;
    tool.0.kill().unwrap();
    tool.0.wait().unwrap();
    let start = Instant::now();
    let (_, stderr) = run(&directory, &schema, &["--lock-timeout", "0"], 3);
    assert!(stderr.contains("a statement of interrupted migrations still runs (session "), "{stderr}");
    // The next run waits until the server has ended the statement.
    let (_, stderr) = run(&directory, &schema, &[], 1);
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    schema.running("SLEEP(", 0, Duration::from_millis(500)).await;
    assert!(stderr.contains("migrations/0002_slow.sql: an earlier run was interrupted at line 2"), "{stderr}");
    assert!(table_exists(&mut schema, "b").await && !table_exists(&mut schema, "c").await);

    let (stdout, _) = run(&directory, &schema, &["--status"], 1);
    assert!(stdout.contains("0002_slow.sql           interrupted"), "{stdout}");
    schema.run("CREATE TABLE c (id INT)").await;
    run(&directory, &schema, &["--resolve", "2=applied"], 0);
    assert_eq!(run(&directory, &schema, &[], 0).0, "0 applied, 2 already applied\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_tool_kills_its_statement() {
    let mut schema = Schema::new().await;
    let directory = slow_directory(60);
    let mut tool = Tool::start(&directory, &mut schema).await;
    let start = Instant::now();
    kill_process(Pid::from_child(&tool.0), Signal::INT).unwrap();
    assert_eq!(tool.0.wait().unwrap().code(), Some(130));
    let mut stderr = String::new();
    tool.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.starts_with("interrupted; --status shows"), "{stderr}");
    schema.running("SLEEP(", 0, Duration::from_secs(1)).await;
    assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
    let (_, stderr) = run(&directory, &schema, &[], 1);
    assert!(stderr.contains("migrations/0002_slow.sql: an earlier run was interrupted at line 2"), "{stderr}");
    assert!(!table_exists(&mut schema, "c").await);
}
