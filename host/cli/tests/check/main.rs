//! Tests of the output and exit codes of `wasmysql check`.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod databases;
mod plugins;
mod servers;

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// The exit code and output of a check.
#[derive(Debug)]
struct Checked {
    code: Option<i32>,
    printed: String,
}

fn check<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Checked {
    check_with(arguments, &[])
}

fn check_with<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, environment: &[(&str, &str)]) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
    command.arg("check").args(arguments).envs(environment.iter().copied()).env_remove("RUST_LOG").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Checked { code: output.status.code(), printed: text(&output.stdout) + &text(&output.stderr) }
}

impl Checked {
    /// Checks the exit code, and that the output contains these messages.
    #[track_caller]
    fn prints(&self, code: i32, expected: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.printed);
        // Line breaks and the padding of columns are ignored.
        let printed = words(&self.printed);
        for message in expected {
            assert!(printed.contains(&words(message)), "no '{message}' in:\n{}", self.printed);
        }
        self
    }

    #[track_caller]
    fn never_prints(&self, unexpected: &[&str]) -> &Self {
        let printed = words(&self.printed);
        for message in unexpected {
            assert!(!printed.contains(&words(message)), "'{message}' in:\n{}", self.printed);
        }
        self
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn invalid_arguments_are_rejected() {
    let none: [&str; 0] = [];
    check(none).prints(2, &["PLUGIN.wasm", "--config <FILE>"]);
    check(["--grant", "main=read"]).prints(2, &["PLUGIN.wasm"]);
    check(["a.wasm", "--grant", "main=read"]).prints(2, &["--grant main: unknown database; add --database main=URL"]);
    check(["--database", "main=mysql://u@localhost/a", "--grant", "other=read"])
        .prints(2, &["--grant other: unknown database; available: main"]);
    check(["--config", "a.toml", "--database", "main=mysql://u@localhost/a"]).prints(2, &["cannot be used with"]);
    check(["--help"]).prints(0, &["Exit codes", "The plugin is not run"]);
}
