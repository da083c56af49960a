//! Tests of `--migrations`, with which commands migrate their private server.

use std::process::{Command, Stdio};

use wasmysql_test_artifacts::RUNS_EACH_STATEMENT;

use crate::{INDEX, VISITS, WRONG, directory, finish};

/// Returns the command `wasmysql run` with a program that runs its arguments as statements.
fn run(directory: &std::path::Path, options: &[&str], statements: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.current_dir(directory).args(["run", RUNS_EACH_STATEMENT]).args(options).arg("--").args(statements);
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

#[test]
fn plugin_uses_the_migrated_tables() {
    let directory = directory(&[VISITS, INDEX]);
    let statements = ["INSERT INTO visits VALUES (1, '/')", "SELECT * FROM wasmysql_migrations"];
    let command = &mut run(directory.path(), &["--migrations", "migrations"], &statements);
    assert_eq!(finish(command, 0, "no password").0, "done, 1 rows\ndone, 0 rows\n");
}

#[test]
fn kept_data_gets_only_new_migrations() {
    let directory = directory(&[VISITS]);
    std::fs::write(directory.path().join("dump.sql"), "CREATE TABLE dumped (id INT);").unwrap();
    let data = ["--data-dir", "data", "--migrations", "migrations"];
    let first = [&data[..], &["--schema", "dump.sql"]].concat();
    let insert = ["INSERT INTO visits VALUES (1, '/')", "INSERT INTO dumped VALUES (1)"];
    assert_eq!(finish(&mut run(directory.path(), &first, &insert), 0, "no password").0, "done, 1 rows\ndone, 1 rows\n");
    crate::write(&directory, INDEX);
    let update = ["UPDATE visits USE INDEX (path) SET id = 2", "UPDATE dumped SET id = 2"];
    assert_eq!(finish(&mut run(directory.path(), &data, &update), 0, "no password").0, "done, 1 rows\ndone, 1 rows\n");
}

#[test]
fn failing_migration_stops_the_command() {
    let directory = directory(&[VISITS, WRONG]);
    let migrations = ["--migrations", "migrations"];
    let (_, stderr) = finish(&mut run(directory.path(), &migrations, &[]), 3, "no password");
    assert!(stderr.contains("migrations/0003_wrong.sql:2: ALTER TABLE visits"), "{stderr}");
    let given = [&migrations[..], &["--database", "main=mysql://nobody@127.0.0.1:1/none"]].concat();
    let (_, stderr) = finish(&mut run(directory.path(), &given, &[]), 2, "no password");
    assert!(stderr.contains("cannot be used with"), "{stderr}");
    let (_, stderr) = finish(&mut run(directory.path(), &["--migrations", "none"], &[]), 3, "no password");
    assert!(stderr.contains("can't read none: No such file"), "{stderr}");
}
