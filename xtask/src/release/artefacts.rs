//! The files of a release.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, run, target_directory};
use crate::languages::Language;
use crate::wheel;

/// The published crates, in the order in which they are uploaded: each after those it needs.
pub(super) const CRATES: [&str; 7] = [
    "wasmysql-sql",
    "wasmysql-batch",
    "wasmysql-macros",
    "wasmysql",
    "wasmysql-private-server",
    "wasmysql-host",
    "wasmysql-cli",
];

/// The version of wasm-tools that is installed if it is missing.
const WASM_TOOLS: &str = "1.258.0";

/// Packs the crates. `projects` builds them afterwards.
pub(super) fn crates(version: &str, directory: &Path) -> Result<()> {
    let packages = CRATES.iter().flat_map(|name| ["--package", name]);
    run(&mut cargo(["package", "--locked", "--no-verify"].into_iter().chain(packages)))?;
    for name in CRATES {
        let file = format!("{name}-{version}.crate");
        copy(&target_directory()?.join("package").join(&file), &directory.join(&file))?;
    }
    Ok(())
}

/// Encodes the WIT package as a component, which registries of components accept.
pub(super) fn wit(version: &str, directory: &Path) -> Result<()> {
    let tools = target_directory()?.join("tools");
    let program = tools.join("bin/wasm-tools");
    let found = Command::new(&program).arg("--version").output();
    if !found.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(WASM_TOOLS)) {
        eprintln!("release: installing wasm-tools {WASM_TOOLS} into {}, which takes some minutes", tools.display());
        let arguments = ["install", "--locked", "wasm-tools", "--version", WASM_TOOLS, "--no-default-features"];
        run(cargo(arguments).args(["--features", "component", "--root"]).arg(&tools))?;
    }
    let file = directory.join(format!("wasmysql-mysql-{version}.wasm"));
    run(Command::new(program).args(["component", "wit", "--wasm"]).arg(root().join("wit")).arg("--output").arg(file))
}

/// Packs the package for JavaScript.
pub(super) fn npm(directory: &Path) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(directory);
    run(npm.current_dir(root().join("guest/js")))
}

/// Builds the wheel with the optimized tool, and the source distribution.
pub(super) fn python(directory: &Path) -> Result<()> {
    Language::Python.install()?;
    wheel::maturin(&["build", "--release"], directory)?;
    wheel::maturin(&["sdist"], directory)
}

/// Unpacks a crate into a directory, and returns the directory of the package.
pub(super) fn unpack(file: &Path, into: &Path) -> Result<PathBuf> {
    fs::create_dir_all(into)?;
    run(Command::new("tar").arg("xzf").arg(file).arg("-C").arg(into))?;
    match file.file_stem().and_then(OsStr::to_str) {
        Some(name) => Ok(into.join(name)),
        None => bail!("{} has no name", file.display()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("can't copy {}", from.display()))
}
