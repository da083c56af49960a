//! `cargo xtask check`: what a release needs and `.ci/run` has no time for.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::api;
use crate::book;
use crate::cargo::{cargo, root, run, target_directory};

/// The version of cargo-deny that is installed if it is missing.
const DENY: &str = "0.20.2";

/// The published crates.
const CRATES: [&str; 6] =
    ["wasmysql", "wasmysql-batch", "wasmysql-host", "wasmysql-macros", "wasmysql-private-server", "wasmysql-sql"];

/// Checks the licences and advisories of dependencies, the documentation, the list of the public
/// API, and the book.
pub(crate) fn run_check() -> Result<()> {
    eprintln!("check: licences, advisories and sources of dependencies (deny.toml)");
    run(Command::new(deny()?).args(["--all-features", "check", "--hide-inclusion-graph"]).current_dir(root()))?;
    eprintln!("check: documentation without warnings");
    let packages = CRATES.iter().flat_map(|name| ["--package", name]);
    run(cargo(["doc", "--no-deps", "--all-features"].into_iter().chain(packages)).env("RUSTDOCFLAGS", "-D warnings"))?;
    eprintln!("check: the lists of the public API (docs/api)");
    api::run_api(true)?;
    eprintln!("check: the book");
    book::build()
}

/// Returns the path of cargo-deny, which is installed the first time.
fn deny() -> Result<PathBuf> {
    let tools = target_directory()?.join("tools");
    let program = tools.join("bin/cargo-deny");
    let found = Command::new(&program).arg("--version").output();
    if !found.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(DENY)) {
        eprintln!("check: installing cargo-deny {DENY} into {}, which takes some minutes", tools.display());
        run(cargo(["install", "--locked", "cargo-deny", "--version", DENY, "--root"]).arg(tools))?;
    }
    Ok(program)
}
