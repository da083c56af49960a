//! Tests of `wasmysql migrate`, and of `--migrations`.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod private_server;
mod stopped;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use wasmysql_tests::{Schema, shared_server};

const VISITS: (&str, &str) = (
    "0001_create_visits.sql",
    "CREATE TABLE pages (path VARCHAR(40) PRIMARY KEY);\n\nCREATE TABLE visits (id INT PRIMARY KEY, path VARCHAR(40));\n",
);
const INDEX: (&str, &str) = ("0002_add_index.sql", "ALTER TABLE visits ADD INDEX (path);\n");
const WRONG: (&str, &str) =
    ("0003_wrong.sql", "CREATE TABLE more (id INT);\nALTER TABLE visits\n    ADD INDEX (referer);\n");

/// A directory `migrations` with these files, inside of a temporary directory.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("migrations")).unwrap();
    for file in files {
        write(&directory, *file);
    }
    directory
}

fn write(directory: &TempDir, (name, text): (&str, &str)) {
    fs::write(directory.path().join("migrations").join(name), text).unwrap();
}

/// Returns the URL of a schema, without the password, and the variable with the password.
fn database(schema: &Schema) -> (String, (&'static str, String)) {
    let server = shared_server();
    let url = format!("main=mysql://{}@127.0.0.1:{}/{}", server.user(), server.port(), schema.name());
    (url, ("WASMYSQL_PASSWORD_MAIN", server.password().to_owned()))
}

/// Returns the command `wasmysql migrate migrations`, to run in `directory`.
fn migrate(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.current_dir(directory).arg("migrate").arg("migrations").args(arguments);
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs `wasmysql migrate` for a schema. Checks the exit code and returns stdout and stderr.
#[track_caller]
fn run(directory: &TempDir, schema: &Schema, arguments: &[&str], code: i32) -> (String, String) {
    let (url, (variable, password)) = database(schema);
    let mut command = migrate(directory.path(), &[&["--database", url.as_str()], arguments].concat());
    finish(command.env(variable, &password), code, &password)
}

#[track_caller]
fn finish(command: &mut Command, code: i32, password: &str) -> (String, String) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{stdout}\n{stderr}");
    assert!(!stdout.contains(password) && !stderr.contains(password), "{stdout}\n{stderr}");
    (stdout, stderr)
}

/// Replaces the durations, which differ.
fn without_durations(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for at in 1..words.len() {
        if words[at].starts_with("ms") && words[at - 1].parse::<u32>().is_ok() {
            words[at - 1] = "N";
        }
    }
    words.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_applied_with_a_line_for_each() {
    let schema = Schema::new().await;
    let directory = directory(&[VISITS]);
    let (stdout, stderr) = run(&directory, &schema, &[], 0);
    let expected = "0001_create_visits.sql  applied in N ms (2 statements)\n1 applied, 0 already applied\n";
    assert_eq!((without_durations(&stdout).as_str(), stderr.as_str()), (expected, ""));
    write(&directory, INDEX);
    let (stdout, _) = run(&directory, &schema, &[], 0);
    let expected = "0002_add_index.sql      applied in N ms (1 statement)\n1 applied, 1 already applied\n";
    assert_eq!(without_durations(&stdout), expected);
    assert_eq!(run(&directory, &schema, &[], 0).0, "0 applied, 2 already applied\n");
    // Another plugin has its own ledger.
    let (_, stderr) = run(&directory, &schema, &["--plugin", "shop"], 1);
    assert!(stderr.contains("already exists (1050, 42S01)"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_prints_statements_and_changes_nothing() {
    let mut schema = Schema::new().await;
    let directory = directory(&[VISITS, INDEX]);
    let (stdout, _) = run(&directory, &schema, &["--dry-run"], 0);
    let expected = "-- migrations/0001_create_visits.sql:1\nCREATE TABLE pages (path VARCHAR(40) PRIMARY KEY);\n\n\
                    -- migrations/0001_create_visits.sql:3\nCREATE TABLE visits (id INT PRIMARY KEY, path VARCHAR(40));\n\n\
                    -- migrations/0002_add_index.sql:1\nALTER TABLE visits ADD INDEX (path);\n\n0 applied, 2 pending\n";
    assert_eq!(stdout, expected);
    let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
    assert_eq!(schema.value::<u32>(tables).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_is_shown_by_the_status_and_resolved() {
    let mut schema = Schema::new().await;
    let directory = directory(&[VISITS, WRONG]);
    let (stdout, stderr) = run(&directory, &schema, &[], 1);
    assert!(stdout.ends_with("0003_wrong.sql          not applied\n"), "{stdout}");
    let words = "error: migrations/0003_wrong.sql:2: ALTER TABLE visits ADD INDEX (referer)\n";
    assert!(stderr.starts_with(words) && stderr.contains("(1072, 42000)"), "{stderr}");
    assert!(stderr.contains("1 of 2 statements are applied") && stderr.contains("--resolve 3=applied"), "{stderr}");

    let (stdout, stderr) = run(&directory, &schema, &["--status"], 1);
    assert_eq!(stderr, "");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(
        lines[0].starts_with("0001_create_visits.sql  applied  20") && lines[0].contains(" UTC  2 of 2 statements, ")
    );
    assert!(lines[1].starts_with("0003_wrong.sql          failed   20"), "{stdout}");
    assert!(lines[1].contains("1 of 2 statements, ") && lines[1].contains("line 2, Key column 'referer'"), "{stdout}");
    assert_eq!(lines[2], "1 applied, 0 pending, 1 failed");
    assert_eq!(run(&directory, &schema, &["--dry-run"], 1).0, stdout);

    let (stdout, _) = run(&directory, &schema, &["--resolve", "3=applied"], 0);
    assert_eq!(stdout, "version 3 is marked as applied\n");
    assert_eq!(run(&directory, &schema, &[], 0).0, "0 applied, 2 already applied\n");
    let (_, stderr) = run(&directory, &schema, &["--resolve", "3=pending"], 1);
    assert!(stderr.contains("version 3 can't be marked as pending: it is applied"), "{stderr}");
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM wasmysql_migrations WHERE state = 'applied'").await, 2);

    write(&directory, (VISITS.0, "SELECT 1;"));
    let (stdout, _) = run(&directory, &schema, &["--status"], 1);
    assert!(stdout.starts_with("0001_create_visits.sql  changed"), "{stdout}");
    fs::remove_file(directory.path().join("migrations").join(VISITS.0)).unwrap();
    let (_, stderr) = run(&directory, &schema, &[], 1);
    assert!(stderr.contains("0001_create_visits.sql (version 1) was applied, but the file is missing"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn database_of_a_configuration_file_is_migrated() {
    let schema = Schema::new().await;
    let server = shared_server();
    let directory = directory(&[VISITS]);
    let of = |name: &str| {
        let (user, port, schema) = (server.user(), server.port(), schema.name());
        let password = server.password();
        format!("[database.{name}]\nurl = \"mysql://{user}@127.0.0.1:{port}/{schema}\"\npassword = \"{password}\"\n")
    };
    let config = directory.path().join("databases.toml");
    let check = |arguments: &[&str], code| {
        let arguments = [&["--config", "databases.toml"], arguments].concat();
        finish(&mut migrate(directory.path(), &arguments), code, server.password())
    };
    fs::write(&config, of("shop")).unwrap();
    assert!(check(&[], 0).0.ends_with("1 applied, 0 already applied\n"));
    fs::write(&config, of("shop") + &of("other")).unwrap();
    assert!(check(&["--database", "shop"], 0).0.ends_with("0 applied, 1 already applied\n"));
    assert!(check(&[], 2).1.contains("add --database NAME; available: other, shop"));
    assert!(check(&["--database", "none"], 2).1.contains("--database none: unknown database; available: other, shop"));
    assert!(check(&["--database", "shop=mysql://a@localhost/b"], 2).1.contains("--config has the URL"));
}

#[test]
fn invalid_arguments_and_files_are_rejected() {
    let schema = ["--database", "main=mysql://nobody@127.0.0.1:1/none"];
    let check = |files: &[(&str, &str)], arguments: &[&str], code, words: &str| {
        let directory = directory(files);
        let (_, stderr) = finish(&mut migrate(directory.path(), arguments), code, "no password");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    };
    check(&[VISITS], &[], 2, "--database <NAME=URL>");
    check(&[VISITS], &["--database", "main"], 2, "--database main: expected NAME=URL");
    check(&[VISITS], &[&schema[..], &["--status", "--dry-run"]].concat(), 2, "cannot be used with");
    check(&[VISITS], &[&schema[..], &["--resolve", "2"]].concat(), 2, "such as 2=applied");
    check(&[VISITS], &[&schema[..], &["--plugin", "a b"]].concat(), 2, "invalid plugin name 'a b'");
    check(&[VISITS], &[&schema[..], &["--statement-timeout", "0"]].concat(), 2, "--statement-timeout");
    check(&[VISITS], &schema, 3, "can't be reached");
    check(&[], &schema, 3, "migrations contains no migrations; add a file such as 0001_create_visits.sql");
    check(&[("schema.sql", "")], &schema, 3, "migrations/schema.sql: the name of a migration must be a number");
    check(&[VISITS, ("1_b.sql", "SELECT 1")], &schema, 3, "both have version 1");
    check(&[("1_a.sql", "SELECT 1;\nSELECT 'a")], &schema, 3, "migrations/1_a.sql:2: this string is not closed");
    let program = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND;\n";
    check(&[("1_a.sql", program)], &schema, 3, "migrations/1_a.sql:1: the body of a stored program contains `;`");
    let missing = tempfile::tempdir().unwrap();
    let (_, stderr) = finish(&mut migrate(missing.path(), &schema), 3, "no password");
    assert!(stderr.contains("can't read migrations: No such file"), "{stderr}");
}
