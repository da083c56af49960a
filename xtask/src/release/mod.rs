//! `cargo xtask release`: makes everything that a release consists of, and uploads nothing.

mod artefacts;
mod projects;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{run, target_directory};

/// The file with the checksums of all others.
const SUMS: &str = "SHA256SUMS";
/// The namespace of the signature, which verification has to name.
const NAMESPACE: &str = "wasmysql";

/// Makes the artefacts of a version in `target/release-VERSION`, and builds a plugin and a host
/// from them. `key` is a private key of ssh, which signs the checksums.
pub(crate) fn release(version: &str, key: Option<&Path>) -> Result<()> {
    versions::check(version)?;
    let directory = target_directory()?.join(format!("release-{version}"));
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("can't remove {}", directory.display()))?;
    }
    fs::create_dir_all(&directory)?;

    fs::write(directory.join("CHANGES.md"), versions::changes(version)?)?;
    artefacts::crates(version, &directory)?;
    artefacts::wit(version, &directory)?;
    artefacts::npm(&directory)?;
    artefacts::python(&directory)?;
    projects::build(version, &directory)?;

    sum(&directory)?;
    match key {
        Some(key) => sign(&directory, key)?,
        None => eprintln!("release: {SUMS} is not signed; --sign KEY signs it with a key of ssh"),
    }
    for file in files(&directory)? {
        println!("{}", file.display());
    }
    Ok(())
}

/// Returns the files of a directory, sorted.
fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn sum(directory: &Path) -> Result<()> {
    let names: Vec<_> = files(directory)?.iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
    let output = Command::new("sha256sum").arg("--").args(names).current_dir(directory).output();
    let output = output.context("can't run sha256sum")?;
    if !output.status.success() {
        bail!("sha256sum failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    fs::write(directory.join(SUMS), output.stdout)?;
    Ok(())
}

fn sign(directory: &Path, key: &Path) -> Result<()> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key).arg(directory.join(SUMS));
    run(&mut command)
}
