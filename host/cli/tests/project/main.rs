//! Tests of new plugins: `wasmysql new`, `cargo run` and `cargo test`.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod endings;
mod new;
mod templates;
mod wit;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A new plugin, in a folder that persists between test runs so that cargo can reuse its builds.
struct Project {
    folder: PathBuf,
}

impl Project {
    /// Creates a plugin. Replaces an earlier plugin of this name.
    fn new(name: &str, arguments: &[&str]) -> Self {
        let projects = Path::new(WORKSPACE).join("target/new/projects");
        fs::create_dir_all(&projects).unwrap();
        let folder = fs::canonicalize(projects).unwrap().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let output =
            wasmysql([OsStr::new("new"), folder.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)));
        assert_ended(&output, 0, &[&format!("Created the plugin {name}"), "cargo test"]);
        // With the versions of this workspace cargo needs no registry.
        fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn write(&self, path: &str, content: &str) {
        fs::write(self.folder.join(path), content).unwrap();
    }

    /// Runs cargo and returns its output.
    fn cargo(&self, arguments: &[&str]) -> Output {
        self.cargo_command(arguments).output().unwrap()
    }

    /// Replaces all occurrences of texts in a file. Fails if a text does not occur.
    #[track_caller]
    fn change(&self, path: &str, changes: &[(&str, &str)]) {
        let mut content = fs::read_to_string(self.folder.join(path)).unwrap();
        for (from, to) in changes {
            assert!(content.contains(from), "no '{from}' in {path}");
            content = content.replace(from, to);
        }
        self.write(path, &content);
    }

    /// Returns a cargo command with `wasmysql` in PATH, as an author would call it.
    fn cargo_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        // The variables that the outer cargo sets for its tests must not reach the inner cargo.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_") && name != "CARGO_HOME" || name == "RUSTFLAGS" {
                command.env_remove(&*name);
            }
        }
        let wasmysql = Path::new(env!("CARGO_BIN_EXE_wasmysql")).parent().unwrap().to_owned();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([wasmysql].into_iter().chain(env::split_paths(&path))).unwrap();
        command
            .current_dir(&self.folder)
            .env("PATH", path)
            .env("CARGO_TARGET_DIR", self.folder.ancestors().nth(2).unwrap())
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("RUST_LOG")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }
}

fn wasmysql<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null()).output().unwrap()
}

/// Checks the exit code, and that stdout or stderr contain these messages.
#[track_caller]
fn assert_ended(output: &Output, code: i32, messages: &[&str]) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    for message in messages {
        assert!(text.contains(message), "no '{message}' in: {text}");
    }
}
