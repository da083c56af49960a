//! Which tests a component has: it says so itself, when it is run with libtest's `--list`.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::timeout;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmysql_host::WasmysqlCtx;

use crate::entry::Entry;
use crate::exit::Failure;
use crate::plugin::{End, Plugin, State};

/// More names than any crate has.
const LIST_BYTES: usize = 16 << 20;

/// A test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// What listed it, and runs it: the entry of WASI 0.3 for `#[wasmysql::tests]`, that of 0.2 for libtest.
    pub(crate) entry: Entry,
    pub(crate) name: String,
    pub(crate) ignored: bool,
}

/// All tests, in the order of their names.
pub(crate) async fn all(plugin: &Plugin, limit: Duration) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for &entry in plugin.entries() {
        let ignored: HashSet<String> = names(plugin, entry, &["--ignored"], limit).await?.into_iter().collect();
        let all = names(plugin, entry, &[], limit).await?;
        cases.extend(all.into_iter().map(|name| Case { entry, ignored: ignored.contains(&name), name }));
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

async fn names(plugin: &Plugin, entry: Entry, arguments: &[&str], limit: Duration) -> Result<Vec<String>, Failure> {
    let stdout = MemoryOutputPipe::new(LIST_BYTES);
    let mut wasi = WasiCtx::builder();
    wasi.stdout(stdout.clone()).args(&["test", "--list", "--format", "terse"]).args(arguments);
    let state = State { wasi: wasi.build(), table: ResourceTable::new(), mysql: WasmysqlCtx::default() };
    let unlisted = |why: &str| Failure::Host(format!("it does not list its tests: {why}"));
    let end = timeout(limit, plugin.run(entry, state))
        .await
        .map_err(|_| unlisted(&format!("it did not end within {} s", limit.as_secs())))?;
    let printed = stdout.contents();
    match (end, parse(&String::from_utf8_lossy(&printed))) {
        (End::Success, Some(names)) => Ok(names),
        (End::Trap(reason), _) => Err(unlisted(&reason)),
        _ => {
            let advice = "it has no tests; components with tests are what `cargo test --no-run` makes";
            Err(Failure::Host(advice.to_owned()))
        }
    }
}

/// The names in a list; none if it is something else.
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
    fn a_list_is_told_from_other_output() {
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
