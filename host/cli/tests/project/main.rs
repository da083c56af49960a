//! From `wasmysql new` to `cargo run` and `cargo test`, as an author goes.

#![expect(clippy::unwrap_used, reason = "a test that can't go on ends")]

mod endings;
mod new;
mod templates;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A new plugin, in a folder that stays between runs, so that cargo finds what it has built.
struct Project {
    folder: PathBuf,
}

impl Project {
    /// Makes one anew.
    fn new(name: &str, arguments: &[&str]) -> Self {
        let projects = Path::new(WORKSPACE).join("target/new/projects");
        fs::create_dir_all(&projects).unwrap();
        let folder = fs::canonicalize(projects).unwrap().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let output =
            wasmysql([OsStr::new("new"), folder.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)));
        assert_ended(&output, 0, &[&format!("Made the plugin {name}"), "cargo test"]);
        // The versions of this workspace, so that no registry is asked.
        fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn write(&self, path: &str, content: &str) {
        fs::write(self.folder.join(path), content).unwrap();
    }

    /// Runs cargo to its end.
    fn cargo(&self, arguments: &[&str]) -> Output {
        self.cargo_command(arguments).output().unwrap()
    }

    /// Replaces each of some words, wherever they are in a file, which has them.
    #[track_caller]
    fn change(&self, path: &str, changes: &[(&str, &str)]) {
        let mut content = fs::read_to_string(self.folder.join(path)).unwrap();
        for (from, to) in changes {
            assert!(content.contains(from), "no '{from}' in {path}");
            content = content.replace(from, to);
        }
        self.write(path, &content);
    }

    /// Cargo, as its author would call it with `wasmysql` in PATH.
    fn cargo_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        // What the outer cargo tells its tests is not for the inner one.
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

/// Checks the exit code, and what stdout and stderr contain.
#[track_caller]
fn assert_ended(output: &Output, code: i32, messages: &[&str]) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    for message in messages {
        assert!(text.contains(message), "no '{message}' in: {text}");
    }
}
