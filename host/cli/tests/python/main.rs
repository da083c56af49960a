//! Tests of Python plugins: `new --lang python`, `run`, `test` and `build`.

#![cfg(feature = "python")]
#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The virtual environment with componentize-py.
const ENVIRONMENT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../languages/python");

/// An unreachable database, for programs that use no database.
const NO_SERVER: [&str; 2] = ["--database", "main=mysql://nobody@127.0.0.1:1/none"];

const REPORT: &str = "/         2 visits\n/about    1 visits\n";

/// A directory with files.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, name: &str, content: &str) -> Self {
        fs::write(self.path().join(name), content).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.args(arguments).current_dir(directory).stdin(Stdio::null()).env("VIRTUAL_ENV", ENVIRONMENT);
    command.env_remove("RUST_LOG");
    command
}

/// Runs the tool, and returns its stdout and stderr.
#[track_caller]
fn wasmysql(directory: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = command(directory, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}\n{stdout}\n{stderr}");
    (stdout, stderr)
}

/// Runs statements of Python, and checks the exit code and parts of stderr.
#[track_caller]
fn check(statements: &str, code: i32, messages: &[&str]) {
    let files = Files::new().with("app.py", statements);
    let (_, stderr) = wasmysql(files.path(), &[&["run", "app.py"][..], &NO_SERVER].concat(), code);
    for message in messages {
        assert!(stderr.contains(message), "no {message:?} in {stderr}");
    }
}

/// Creates a plugin and returns its directory.
fn new_plugin(parent: &Path) -> PathBuf {
    let (stdout, _) = wasmysql(parent, &["new", "--lang", "python", "page-visits"], 0);
    for step in ["Created the plugin page-visits", "cd page-visits", "wasmysql run app.py", "wasmysql test"] {
        assert!(stdout.contains(step), "{stdout}");
    }
    parent.join("page-visits")
}

#[test]
fn new_plugin_runs_and_its_tests_pass() {
    let parent = Files::new();
    let plugin = new_plugin(parent.path());
    assert_eq!(wasmysql(&plugin, &["run", "app.py"], 0).0, REPORT);
    // Also from another directory.
    assert_eq!(wasmysql(parent.path(), &["run", "page-visits/app.py"], 0).0, REPORT);
    let (stdout, _) = wasmysql(&plugin, &["test"], 0);
    assert!(stdout.contains("test tests/test_app.py::test_visits_are_counted ... ok"), "{stdout}");
    assert!(stdout.contains("test result: ok. 2 passed; 0 failed"), "{stdout}");

    // A change is effective in the next run.
    let app = fs::read_to_string(plugin.join("app.py")).unwrap();
    fs::write(plugin.join("app.py"), app.replace("visits + 1", "visits + 2")).unwrap();
    assert!(wasmysql(&plugin, &["run", "app.py"], 0).0.starts_with("/         4 visits\n"));
    let (stdout, _) = wasmysql(&plugin, &["test", "tests", "counted"], 101);
    assert!(stdout.contains("AssertionError") && stdout.contains("test_app.py"), "{stdout}");
    assert!(
        stdout.contains("test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out"),
        "{stdout}"
    );
}

#[test]
fn tests_of_a_new_http_plugin_pass() {
    let parent = Files::new();
    let (stdout, _) = wasmysql(parent.path(), &["new", "--lang", "python", "--http", "shop"], 0);
    for step in ["pip install -r requirements.txt", "wasmysql serve app.py", "wasmysql test"] {
        assert!(stdout.contains(step), "{stdout}");
    }
    let (stdout, _) = wasmysql(&parent.path().join("shop"), &["test"], 0);
    assert!(stdout.contains("6 passed; 0 failed"), "{stdout}");
}

#[test]
fn built_component_contains_the_plugin() {
    let parent = Files::new();
    let plugin = new_plugin(parent.path());
    let (stdout, _) = wasmysql(&plugin, &["build", "app.py"], 0);
    assert!(stdout.starts_with("page-visits.wasm ("), "{stdout}");
    fs::rename(plugin.join("page-visits.wasm"), parent.path().join("page-visits.wasm")).unwrap();
    let migrations = plugin.join("migrations");
    let arguments = ["run", "page-visits.wasm", "--migrations", migrations.to_str().unwrap()];
    assert_eq!(wasmysql(parent.path(), &arguments, 0).0, REPORT);
}

#[test]
fn failures_have_a_traceback_and_an_exit_code() {
    check("raise ValueError('too many')", 1, &["app.py\", line 1", "ValueError: too many"]);
    check("import sys; sys.exit(7)", 7, &[]);
    check("import sys; sys.exit('the reason')", 1, &["the reason"]);
    check("def f(:", 1, &["SyntaxError", "app.py"]);
    check("import nowhere", 1, &["ModuleNotFoundError: No module named 'nowhere'"]);
    let files = Files::new().with("app.py", "while True: pass");
    let arguments = [&["run", "app.py", "--max-cpu-time", "1"][..], &NO_SERVER].concat();
    assert!(wasmysql(files.path(), &arguments, 1).1.contains("1000 ms of CPU time"));
}

#[test]
fn files_can_be_read_and_not_changed() {
    let files = Files::new().with("names.txt", "Ada").with("other.py", "value = 42").with(
        "app.py",
        "import other, sys\nprint(open('names.txt').read(), other.value, sys.argv)\nopen('names.txt', 'w')",
    );
    let arguments = [&["run", "app.py"][..], &NO_SERVER, &["--", "one", "two"]].concat();
    let (stdout, stderr) = wasmysql(files.path(), &arguments, 1);
    assert_eq!(stdout, "Ada 42 ['app.py', 'one', 'two']\n");
    assert!(stderr.contains("Error: ") && stderr.contains("names.txt"), "{stderr}");
    assert_eq!(fs::read_to_string(files.path().join("names.txt")).unwrap(), "Ada");
}

#[test]
fn packages_of_the_environment_can_be_imported() {
    check("import pip, sys; sys.exit(len(pip.__version__) > 0 and 5)", 5, &[]);
}

#[test]
fn errors_of_test_files_are_reported() {
    let files = Files::new().with("test_a.py", "import nowhere");
    let (stdout, _) = wasmysql(files.path(), &["test", "test_a.py"], 101);
    assert!(stdout.contains("test test_a.py ... FAILED"), "{stdout}");
    assert!(stdout.contains("No module named 'nowhere'"), "{stdout}");
    let files = Files::new().with(
        "test_a.py",
        "from wasmysql.testing import skip\ndef test_a():\n    skip('not now')\ndef test_b():\n    print('seen')\n    1 / 0",
    );
    let (stdout, _) = wasmysql(files.path(), &["test", "test_a.py"], 101);
    for part in ["test_a.py::test_a ... ignored", "test_a.py::test_b ... FAILED", "seen", "ZeroDivisionError"] {
        assert!(stdout.contains(part), "no {part:?} in {stdout}");
    }
}

#[test]
fn missing_package_is_explained() {
    let files = Files::new().with("app.py", "print(1)");
    let output =
        command(files.path(), &["run", "app.py"]).env("PATH", files.path()).env_remove("VIRTUAL_ENV").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("there is no python3 in PATH") && stderr.contains("pip install wasmysql"), "{stderr}");
    let (_, stderr) = wasmysql(files.path(), &["build", "app.wasm"], 2);
    assert!(stderr.contains("expected a Python file"), "{stderr}");
}
