//! `cargo xtask check`: the checks of a release. CI runs those that take less than two minutes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::cargo::{cargo, root, run, target_directory};
use crate::{api, release};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Check {
    /// The files of the packages; takes seconds
    Packages,
    /// The documentation of the published crates, without warnings
    Doc,
    /// The lists of the public API in docs/api
    Api,
    /// Licences, advisories and duplicates of the dependencies, with cargo-deny
    Deny,
    /// The oldest supported version of Rust
    Msrv,
    /// The public API against the last release, with cargo-semver-checks
    Semver,
    /// A plugin and an embedder in empty projects, with the packaged crates
    Projects,
}

impl Check {
    fn perform(self) -> Result<()> {
        match self {
            Check::Packages => release::check_packages(),
            Check::Doc => document(),
            Check::Api => api::check(),
            Check::Deny => run(cargo(["deny", "--all-features", "check"]).env("PATH", path("cargo-deny", "0.20.2")?)),
            Check::Msrv => build_with_oldest_rust(),
            Check::Semver => compare_with_last_release(),
            Check::Projects => release::test_packages(),
        }
    }
}

/// Runs the checks in their order, or all of them.
pub(crate) fn run_checks(checks: &[Check]) -> Result<()> {
    let checks = if checks.is_empty() { Check::value_variants() } else { checks };
    for check in checks {
        let name = check.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        eprintln!("check: {name}");
        check.perform().with_context(|| format!("the check `{name}` failed"))?;
    }
    Ok(())
}

fn document() -> Result<()> {
    for name in release::libraries() {
        let mut command = cargo(["doc", "--quiet", "--no-deps", "--all-features", "--package", name]);
        run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

/// Compiles the published crates with the oldest supported compiler, which rustup installs.
fn build_with_oldest_rust() -> Result<()> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let oldest = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let oldest = oldest.context("Cargo.toml has no rust-version in [workspace.package]")?;
    let mut rustup = Command::new("rustup");
    rustup.args(["run", "--install", oldest, "cargo", "check", "--quiet", "--locked", "--package", "wasmysql-cli"]);
    rustup.args(release::libraries().flat_map(|name| ["--package", name]));
    for name in ["CARGO", "RUSTUP_TOOLCHAIN"] {
        rustup.env_remove(name);
    }
    run(rustup.current_dir(root()).env("CARGO_TARGET_DIR", target_directory()?))
}

fn compare_with_last_release() -> Result<()> {
    let mut git = Command::new("git");
    git.args(["describe", "--tags", "--abbrev=0", "--match", "v*"]).current_dir(root());
    let output = git.output().context("can't run git")?;
    if !output.status.success() {
        println!("There is no tag of a release, so there is no API to compare with.");
        return Ok(());
    }
    let tag = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let path = path("cargo-semver-checks", "0.51.0")?;
    let mut command = cargo(["semver-checks", "--baseline-rev", &tag]);
    run(command.args(release::libraries().flat_map(|name| ["--package", name])).env("PATH", path))
}

/// Installs a tool of cargo into `target/tools`, unless it is installed. Returns the search path
/// with it.
fn path(name: &str, version: &str) -> Result<std::ffi::OsString> {
    let tools: PathBuf = target_directory()?.join("tools");
    eprintln!("check: installing {name} {version} into {}, unless it is installed", tools.display());
    let mut install = cargo(["install", "--quiet", "--locked", name, "--version", version, "--root"]);
    run(install.arg(&tools).env("CARGO_TARGET_DIR", tools.join("build")))?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths([tools.join("bin")].into_iter().chain(std::env::split_paths(&path)))?)
}
