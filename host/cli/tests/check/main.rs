//! `wasmysql check` as a user sees it.

#![expect(clippy::unwrap_used, reason = "a test that can't go on ends")]

mod databases;
mod plugins;

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// What a check printed, and its exit code.
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
    /// Whatever is wrong, it says these, and nothing that is secret.
    #[track_caller]
    fn says(&self, code: i32, expected: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.printed);
        // Where lines are broken and how columns are filled is no matter.
        let printed = words(&self.printed);
        for message in expected {
            assert!(printed.contains(&words(message)), "no '{message}' in:\n{}", self.printed);
        }
        self
    }

    #[track_caller]
    fn never_says(&self, unexpected: &[&str]) -> &Self {
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
fn arguments_that_make_no_sense_are_refused() {
    let none: [&str; 0] = [];
    check(none).says(2, &["PLUGIN.wasm", "--config <FILE>"]);
    check(["--grant", "main=read"]).says(2, &["PLUGIN.wasm"]);
    check(["a.wasm", "--grant", "main=read"]).says(2, &["--grant main: give the database too"]);
    check(["--database", "main=mysql://u@localhost/a", "--grant", "other=read"]).says(2, &["there is main"]);
    check(["--config", "a.toml", "--database", "main=mysql://u@localhost/a"]).says(2, &["cannot be used with"]);
    check(["--help"]).says(0, &["Exit codes", "The plugin is not run"]);
}
