//! Tests of `wasmysql run`: exit codes, messages and cleanup.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod endings;
mod kept;
mod limits;
mod operating;
mod plugins;
mod secrets;
mod signals;
mod variables;

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use plugins::{P2, P3, component, plugin, plugin_calling_async, plugin_exiting, plugin_exporting, plugin_importing};
use plugins::{plugin_of_both, plugin_waiting, plugin_with_mysql};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

/// An unreachable database, for plugins that use no database. Connections are made only on first
/// use.
const NO_SERVER: [&str; 2] = ["--database", "main=mysql://nobody@127.0.0.1:1/none"];

const SUCCESS: &str = "i32.const 0";
const COMPUTE_FOR_EVER: &str = "loop br 0 end unreachable";

#[test]
fn exit_code_reflects_the_result_of_the_plugin() {
    for wasi in [P3, P2] {
        check(&plugin(wasi, SUCCESS), &NO_SERVER, 0, &[]);
        check(&plugin(wasi, "i32.const 1"), &NO_SERVER, 1, &["plugin.wasm: it returned an error without a message"]);
        check(&plugin_exiting(wasi, 0), &NO_SERVER, 0, &[]);
        check(&plugin_exiting(wasi, 42), &NO_SERVER, 42, &[]);
    }
}

#[test]
fn trap_is_reported_with_a_backtrace() {
    for wasi in [P3, P2] {
        let messages = ["plugin.wasm", "wasm backtrace", "code!run", "`unreachable`"];
        check(&plugin(wasi, "unreachable"), &NO_SERVER, 1, &messages);
    }
}

#[test]
fn async_call_from_a_blocking_export_is_explained() {
    let messages = ["cannot block a synchronous task", "wasmysql:mysql/blocking-imports", "wasmysql::blocking"];
    check(&plugin_calling_async(), &NO_SERVER, 1, &messages);
}

#[test]
fn newer_wasi_version_is_preferred() {
    check(&plugin_of_both(), &NO_SERVER, 0, &[]);
}

#[test]
fn files_that_are_not_plugins_are_explained() {
    check(b"SELECT 1", &NO_SERVER, 3, &["plugin.wasm", "not WebAssembly"]);
    check(b"\0asm\x01\0\0\0", &NO_SERVER, 3, &["plugin.wasm", "core WebAssembly module", "wasm32-wasip2"]);
    check(&component(""), &NO_SERVER, 3, &["plugin.wasm", "exports nothing", "wasi:cli/run@0.3 or @0.2"]);
    for other in ["some:thing/other@1.0.0", "wasi:cli/run@0.4.0", "wasi:cli/run@0.3.0-rc-2026-02-09"] {
        let message = format!("it exports {other}, but a plugin must export wasi:cli/run@0.3 or @0.2");
        check(&plugin_exporting(other), &NO_SERVER, 3, &["plugin.wasm", &message]);
    }

    let missing = wasmysql([OsStr::new("run"), OsStr::new("/no/such/plugin.wasm")]).output().unwrap();
    assert_ended(&missing, 3, &["/no/such/plugin.wasm", "No such file"]);
}

#[test]
fn missing_import_is_named() {
    let store = plugin_importing("wasi:keyvalue/store@0.2.0");
    check(&store, &NO_SERVER, 3, &["plugin.wasm", "imports wasi:keyvalue/store@0.2.0", "does not provide"]);
    let newer = plugin_importing("wasmysql:mysql/engine@0.9.0");
    check(&newer, &NO_SERVER, 3, &["imports wasmysql:mysql/engine@0.9.0", "provides wasmysql:mysql@0.1.0"]);
}

#[test]
fn invalid_arguments_are_rejected() {
    let plugin = plugin(P3, SUCCESS);
    check(&plugin, &[&NO_SERVER[..], &["--grant", "other=read"]].concat(), 2, &["--grant other", "available: main"]);
    check(&plugin, &["--grant", "main=everything"], 2, &["everything", "read, dml, ddl or any"]);
    check(&plugin, &["--database", "main"], 2, &["expected NAME=URL, such as main=mysql://"]);
    check(&plugin, &[&NO_SERVER[..], &["--config", "some.toml"]].concat(), 2, &["cannot be used with"]);
    check(
        &plugin,
        &["--database", "main=http://x"],
        3,
        &["--database main", "its scheme is neither mysql nor mariadb"],
    );
    let twice = [&NO_SERVER[..], &["--database", "main=mysql://nobody@127.0.0.1:2/none"]].concat();
    check(&plugin, &twice, 2, &["--database main is given twice"]);
    let twice = [&NO_SERVER[..], &["--grant", "main=any", "--grant", "main=read"]].concat();
    check(&plugin, &twice, 2, &["--grant main is given twice"]);
    check(&plugin, &["--config", "/no/such.toml"], 3, &["/no/such.toml", "No such file"]);
    check(&plugin, &[&NO_SERVER[..], &["--dir", "/no/such::/data"]].concat(), 3, &["--dir /no/such", "No such file"]);
}

#[test]
fn listing_tests_has_a_timeout() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tests.wasm");
    fs::write(&path, plugin(P3, COMPUTE_FOR_EVER)).unwrap();
    let arguments = [OsStr::new("test"), path.as_os_str(), OsStr::new("--timeout"), OsStr::new("1")];
    let output = wasmysql(arguments).output().unwrap();
    assert_ended(&output, 3, &["tests.wasm: can't list its tests: it did not end within 1 s"]);
}

#[test]
fn private_server_is_removed_afterwards() {
    let temporary = tempfile::tempdir().unwrap();
    let (_directory, mut command) = run(&plugin_with_mysql(P3, SUCCESS), &[]);
    assert_ended(&command.env("TMPDIR", temporary.path()).output().unwrap(), 0, &[]);
    assert_eq!(entries(temporary.path()), [] as [PathBuf; 0]);
}

#[test]
fn server_starts_only_for_plugins_that_use_databases() {
    for (plugin, code) in [(plugin(P3, SUCCESS), 0), (plugin_with_mysql(P3, SUCCESS), 3)] {
        let (_directory, mut command) = run(&plugin, &[]);
        let output = command.env("WASMYSQL_SERVER", "/no/mariadbd").output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}

#[test]
fn schema_is_loaded_before_the_plugin_starts() {
    let load = |sql: &str, code, messages: &[&str]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(sql.as_bytes()).unwrap();
        let path = file.path().to_str().unwrap();
        check(&plugin_with_mysql(P3, SUCCESS), &["--schema", path], code, messages);
    };
    load("", 0, &[]);
    // The last statement fails only if the statements before it were executed correctly.
    let procedure =
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (';'); SELECT 1; END //\nDELIMITER ;\n";
    load(
        &format!(
            "CREATE TABLE t (a VARCHAR(9));\n{procedure}CALL p();\nALTER TABLE t\n  ADD UNIQUE (a); INSERT INTO t VALUES (';')"
        ),
        3,
        &[":7: INSERT INTO t VALUES (';')\n  Duplicate entry ';' for key", "(1062, 23000)"],
    );
    load("SELECT 1;\nSELECT 'a", 3, &[":2: this string is not closed"]);
    check(&plugin_with_mysql(P3, SUCCESS), &["--schema", "/no/such.sql"], 3, &["/no/such.sql", "No such file"]);
    let both = [&NO_SERVER[..], &["--schema", "some.sql"]].concat();
    check(&plugin_with_mysql(P3, SUCCESS), &both, 2, &["cannot be used with"]);
}

#[test]
fn failed_server_start_is_reported() {
    let (_directory, mut command) = run(&plugin_with_mysql(P3, SUCCESS), &[]);
    let output = command.env("WASMYSQL_SERVER", "/no/mariadbd").output().unwrap();
    assert_ended(&output, 3, &["private database server did not start", "/no/mariadbd"]);
}

#[test]
fn interrupt_stops_a_plugin_and_its_server() {
    let computing = plugin_with_mysql(P3, COMPUTE_FOR_EVER);
    for plugin in [computing, plugin_waiting()] {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
            check_interrupt(&plugin, signal, code, None, "server.log", "ready for connections");
        }
    }
}

#[test]
fn interrupt_during_server_installation_leaves_no_files() {
    // An empty cache, so the server creates the template of its data directories.
    let cache = tempfile::tempdir().unwrap();
    let plugin = plugin_with_mysql(P3, COMPUTE_FOR_EVER);
    check_interrupt(&plugin, Signal::INT, 130, Some(cache.path()), "initialise.log", "as process");
    let templates = cache.path().join("wasmysql/servers");
    await_that(|| entries(&templates).is_empty());
}

/// Shell commands that set the signal dispositions of `wasmysql`: the defaults, or ignored signals
/// as in background processes of a shell.
const DISPOSITIONS: [&str; 2] = ["", "trap '' INT TERM; "];

/// Sends a signal, as a terminal does, to a plugin that never ends. The signal is sent after a log
/// of the server contains `message`.
#[track_caller]
fn check_interrupt(plugin: &[u8], signal: Signal, code: i32, cache: Option<&Path>, log: &str, message: &str) {
    for disposition in DISPOSITIONS {
        let temporary = tempfile::tempdir().unwrap();
        let (_directory, command) = run(plugin, &["--max-cpu-time", "0"]);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{disposition}exec \"$0\" \"$@\"")]).arg(command.get_program());
        shell.args(command.get_args()).env_remove("RUST_LOG").stdin(Stdio::null());
        shell.envs(cache.map(|cache| ("XDG_CACHE_HOME", cache)));
        let mut child = Group::start(shell.env("TMPDIR", temporary.path()).stderr(Stdio::piped()));
        let is_ready = |entry: &PathBuf| fs::read_to_string(entry.join(log)).is_ok_and(|log| log.contains(message));
        await_that(|| entries(temporary.path()).iter().any(is_ready));
        thread::sleep(Duration::from_millis(200));

        kill_process_group(child.id(), signal).unwrap();
        await_that(|| child.0.try_wait().unwrap().is_some());
        let mut stderr = Vec::new();
        child.0.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
        let ended = Output { status: child.0.wait().unwrap(), stdout: Vec::new(), stderr };
        assert_ended(&ended, code, &[]);
        await_that(|| entries(temporary.path()).is_empty());
    }
}

/// A child in a separate process group, which is killed when the test ends.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).spawn().unwrap())
    }

    fn id(&self) -> Pid {
        Pid::from_child(&self.0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // After a successful wait the system can reuse the id, so only a running child is killed.
        if let Ok(None) = self.0.try_wait() {
            let _ = kill_process_group(self.id(), Signal::KILL);
            let _ = self.0.wait();
        }
    }
}

/// Runs a plugin, and checks the exit code and the messages on stderr.
#[track_caller]
fn check(plugin: &[u8], arguments: &[&str], code: i32, messages: &[&str]) {
    let (_directory, mut command) = run(plugin, arguments);
    assert_ended(&command.output().unwrap(), code, messages);
}

#[track_caller]
fn assert_ended(output: &Output, code: i32, messages: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    // A signal is reported as in a shell: 128 plus its number.
    let ended = output.status.code().or(output.status.signal().map(|signal| 128 + signal));
    assert_eq!(ended, Some(code), "{stderr}");
    for message in messages {
        assert!(stderr.contains(message), "no '{message}' in: {stderr}");
    }
    assert!(!messages.is_empty() || stderr.is_empty(), "{stderr}");
}

/// Returns the command, and the directory that contains the plugin.
fn run(plugin: &[u8], arguments: &[&str]) -> (TempDir, Command) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plugin.wasm");
    fs::write(&path, plugin).unwrap();
    let command = wasmysql([OsStr::new("run"), path.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)));
    (directory, command)
}

fn wasmysql<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null());
    command
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

fn entries(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}
