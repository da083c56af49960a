//! `cargo xtask release`: makes everything that a release publishes, and uploads nothing.

mod changelog;
mod checksums;
mod contract;
mod crates;
mod languages;
mod projects;
mod version;

use std::fs;
use std::path::{self, Path};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{root, target_directory};
pub(crate) use languages::maturin;
pub(crate) use version::Version;

/// Writes the version and the section of the changelog, and makes the files of the release.
pub(crate) fn run_release(version: Version, key: Option<&Path>) -> Result<()> {
    let key = key.map(path::absolute).transpose()?;
    if let Some(key) = key.as_ref().filter(|key| !key.is_file()) {
        bail!("{} is not a file; --sign needs a private key of SSH", key.display());
    }
    contract::check_release(version)?;
    version::check(version)?;
    changelog::add_section(version)?;
    version::set(version)?;
    check_packages()?;

    let directory = target_directory()?.join(format!("release-{version}"));
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let step = |text: &str| eprintln!("release: {text}");
    step("packaging the crates");
    let packages = crates::package(version)?;
    for package in &packages {
        let name = package.file_name().context("a package has a name")?;
        fs::copy(package, directory.join(name)).with_context(|| format!("can't copy {}", package.display()))?;
    }
    step("testing the crates in empty projects");
    projects::test(&packages, version)?;
    step("making the package for npm");
    languages::pack_javascript(&directory)?;
    step("encoding the WIT package");
    contract::write_binary(&directory.join(format!("wasmysql-mysql-{}.wasm", contract::check()?)))?;
    step("making the source distribution and the wheel for Python");
    languages::build_python(&directory)?;
    checksums::write(&directory)?;
    if let Some(key) = &key {
        checksums::sign(&directory, key)?;
    }
    println!("The files of version {version} are in {}.", directory.display());
    for note in notes(key.is_some())? {
        println!("note: {note}");
    }
    Ok(())
}

/// Checks the files of all packages, without compiling them.
pub(crate) fn check_packages() -> Result<()> {
    contract::check()?;
    languages::check_licences()?;
    crates::check_files()
}

/// Packages the crates, and tests them in empty projects.
pub(crate) fn test_packages() -> Result<()> {
    let version = Version::current()?;
    projects::test(&crates::package(version)?, version)
}

/// Returns the names of the published libraries.
pub(crate) fn libraries() -> impl Iterator<Item = &'static str> {
    crates::CRATES.into_iter().map(|(name, _)| name).filter(|name| *name != "wasmysql-cli")
}

/// Returns the steps that are missing before the files can be uploaded.
fn notes(is_signed: bool) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    let output = Command::new("git").args(["status", "--porcelain"]).current_dir(root()).output()?;
    if !output.stdout.is_empty() {
        notes.push(
            "the files contain uncommitted changes; review and commit them, and run the command again".to_owned(),
        );
    }
    if !is_signed {
        notes.push(format!("{} is not signed; give a key with --sign", checksums::FILE));
    }
    if !fs::read_to_string(root().join("Cargo.toml"))?.contains("\nrepository = ") {
        notes.push("the packages name no repository; CONTRIBUTING.md says where to set its address".to_owned());
    }
    Ok(notes)
}
