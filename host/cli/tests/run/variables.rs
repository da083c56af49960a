//! Tests of `--variable`, which sets user variables on the sessions of a plugin.

use std::process::{Command, Stdio};

use wasmysql_test_artifacts::PRINTS_EACH_RESULT;

/// Runs statements with these options, and returns the exit code, stdout and stderr.
fn run(options: &[&str], statements: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.args(["run", PRINTS_EACH_RESULT]).args(options).arg("--").args(statements);
    let output = command.env_remove("RUST_LOG").stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn plugin_reads_its_variables_and_can_not_change_them() {
    let options = ["--variable", "tenant=a=b", "--variable", "region=eu"];
    let statements = ["SELECT @tenant", "SELECT @region", "SELECT @tenant := 'x'", "SELECT @tenant"];
    let (code, stdout, stderr) = run(&options, &statements);
    assert_eq!(code, Some(0), "{stderr}");
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[1], lines[3]), (4, "a=b", "eu", "a=b"), "{stdout}");
    assert!(lines[2].starts_with("the host sets variables for this guest"), "{stdout}");
}

#[test]
fn invalid_variables_are_refused() {
    for (options, message) in [
        (&["--variable", "tenant"][..], "expected NAME=VALUE"),
        (&["--variable", "@tenant=a"], "--variable: variable '@tenant': a name has 1 to 64"),
        (&["--variable", "tenant=a", "--variable", "Tenant=b"], "--variable tenant is given twice; remove one"),
        (&["--variable", "tenant=a", "--config", "databases.toml"], "cannot be used with"),
    ] {
        let (code, _, stderr) = run(options, &[]);
        assert_eq!(code, Some(2), "{options:?}: {stderr}");
        assert!(stderr.contains(message), "{options:?}: {stderr}");
    }
}
