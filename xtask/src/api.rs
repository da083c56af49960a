//! `cargo xtask api`: lists the public API of the published crates in `docs/api`, so that a change
//! of it is visible in review.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use public_api::Builder;

use crate::cargo::{become_command, cargo, root, run, target_directory};

/// The published crates.
const CRATES: [&str; 5] = ["wasmysql", "wasmysql-batch", "wasmysql-host", "wasmysql-private-server", "wasmysql-sql"];

/// Set for the processes in which cargo calls this program as rustdoc.
const AS_RUSTDOC: &str = "WASMYSQL_XTASK_AS_RUSTDOC";

/// Runs rustdoc if cargo called this program as rustdoc. JSON output is unstable, and only rustdoc
/// must see that it is enabled: build scripts would run again.
pub(crate) fn as_rustdoc() -> Option<Result<()>> {
    let rustdoc = env::var_os(AS_RUSTDOC)?;
    let mut command = Command::new(rustdoc);
    command.args(env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").env_remove(AS_RUSTDOC);
    Some(become_command(command))
}

/// Writes the lists.
pub(crate) fn write() -> Result<()> {
    let changed = changed()?;
    for (name, api) in &changed {
        let path = path(name);
        fs::write(&path, api).with_context(|| format!("can't write {}", path.display()))?;
    }
    match names(&changed).as_str() {
        "" => println!("docs/api is up to date"),
        names => println!("Updated docs/api for {names}"),
    }
    Ok(())
}

/// Fails if a list is not up to date.
pub(crate) fn check() -> Result<()> {
    let changed = changed()?;
    if !changed.is_empty() {
        bail!("the public API of {} changed; run `cargo xtask api` and review docs/api", names(&changed));
    }
    Ok(())
}

/// Returns the APIs that differ from their lists.
fn changed() -> Result<BTreeMap<&'static str, String>> {
    let mut lists = lists()?;
    lists.retain(|name, api| fs::read_to_string(path(name)).unwrap_or_default() != *api);
    Ok(lists)
}

fn path(name: &str) -> PathBuf {
    root().join(format!("docs/api/{name}.txt"))
}

fn names(lists: &BTreeMap<&'static str, String>) -> String {
    lists.keys().copied().collect::<Vec<_>>().join(", ")
}

fn lists() -> Result<BTreeMap<&'static str, String>> {
    let target = target_directory()?;
    let this = env::current_exe().context("can't determine the path of xtask")?;
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    CRATES
        .into_iter()
        .map(|name| {
            let mut command = cargo(["rustdoc", "--quiet", "--lib", "--all-features", "--package", name, "--"]);
            command.args(["-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
            run(command.env("RUSTDOC", &this).env(AS_RUSTDOC, &rustdoc))?;
            let json = target.join("doc").join(name.replace('-', "_")).with_extension("json");
            let api = Builder::from_rustdoc_json(&json)
                .omit_blanket_impls(true)
                .omit_auto_trait_impls(true)
                .omit_auto_derived_impls(true)
                .build()
                .with_context(|| format!("can't read {}", json.display()))?;
            Ok((name, api.items().map(|item| format!("{item}\n")).collect()))
        })
        .collect()
}
