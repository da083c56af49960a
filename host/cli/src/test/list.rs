//! Lists the tests of a component by running it with libtest's `--list`, and those of Python files.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::timeout;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};
use wasmysql_host::WasmysqlCtx;

use super::suite::Suite;
use crate::entry::Entry;
use crate::exit::Failure;
use crate::plugin::{End, Plugin, State};

/// The maximum size of a list, which is more than any crate needs.
const LIST_BYTES: usize = 16 << 20;

/// A test of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// The entry that lists and runs the test: WASI 0.3 for `#[wasmysql::tests]`, 0.2 for libtest.
    pub(crate) entry: Entry,
    pub(crate) name: String,
    pub(crate) ignored: bool,
}

/// Returns all tests, sorted by name.
pub(crate) async fn all(suite: &Suite, limit: Duration) -> Result<Vec<Case>, Failure> {
    let plugin = &suite.plugin;
    if let (Some(files), Some(&entry)) = (&suite.python, plugin.entries().first()) {
        let mut wasi = WasiCtx::builder();
        files.configure_list(&mut wasi)?;
        let (end, printed) = run(plugin, entry, wasi, limit).await?;
        return match end {
            // In the order of the files.
            End::Success => {
                let case = |name: &str| Case { entry, name: name.to_owned(), ignored: false };
                Ok(printed.lines().map(case).collect())
            }
            End::Trap(reason) => Err(list_failure(&reason)),
            End::Error | End::Exit(_) => Err(list_failure(printed.trim_end())),
        };
    }
    let mut cases = Vec::new();
    for &entry in plugin.entries() {
        let ignored: HashSet<String> = names(plugin, entry, &["--ignored"], limit).await?.into_iter().collect();
        let all = names(plugin, entry, &[], limit).await?;
        cases.extend(all.into_iter().map(|name| Case { entry, ignored: ignored.contains(&name), name }));
    }
    cases.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(cases)
}

async fn names(plugin: &Plugin, entry: Entry, arguments: &[&str], limit: Duration) -> Result<Vec<String>, Failure> {
    let mut wasi = WasiCtx::builder();
    wasi.args(&["test", "--list", "--format", "terse"]).args(arguments);
    let (end, printed) = run(plugin, entry, wasi, limit).await?;
    match (end, parse(&printed)) {
        (End::Success, Some(names)) => Ok(names),
        (End::Trap(reason), _) => Err(list_failure(&reason)),
        _ => {
            let message = "it contains no tests; build the tests with `cargo test --no-run`";
            Err(Failure::Host(message.to_owned()))
        }
    }
}

/// Runs the component. Returns its end and its output, or its errors if it fails.
async fn run(
    plugin: &Plugin,
    entry: Entry,
    mut wasi: WasiCtxBuilder,
    limit: Duration,
) -> Result<(End, String), Failure> {
    let (stdout, stderr) = (MemoryOutputPipe::new(LIST_BYTES), MemoryOutputPipe::new(LIST_BYTES));
    wasi.stdout(stdout.clone()).stderr(stderr.clone());
    let state = State::new(wasi.build(), WasmysqlCtx::default());
    let end = timeout(limit, plugin.run(entry, state))
        .await
        .map_err(|_| list_failure(&format!("it did not end within {} s", limit.as_secs())))?;
    let printed = match end {
        End::Success => stdout.contents(),
        _ => stderr.contents(),
    };
    Ok((end, String::from_utf8_lossy(&printed).into_owned()))
}

fn list_failure(reason: &str) -> Failure {
    Failure::Host(format!("can't list its tests: {reason}"))
}

/// Returns the names in a list, or `None` if the output is not a list.
fn parse(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for line in list.lines() {
        match line.rsplit_once(": ")? {
            (name, "test") => names.push(name.to_owned()),
            (_, "benchmark") => {}
            _ => return None,
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_other_than_a_list_is_rejected() {
        let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(parse(""), names(&[]));
        assert_eq!(
            parse("tests::adds: test\nbench: benchmark\ntests::a: b: test\n"),
            names(&["tests::adds", "tests::a: b"])
        );
        assert_eq!(parse("/         2 visits\n"), None);
        assert_eq!(parse("total: 3\n"), None);
    }
}
