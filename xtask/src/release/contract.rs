//! The WIT package: its version in all files that name it, and its binary form.
//!
//! The contract has a version of its own, because plugins name it in their sources. A release does
//! not change it: a new version of the contract needs decisions, which CONTRIBUTING.md describes.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::version::Version;
use crate::cargo::{root, run};
use crate::language::tracked_files;
use crate::packages;

/// The file with the version of the package.
const WORLD: &str = "wit/world.wit";
const PACKAGE: &str = "wasmysql:mysql";
/// The package in scripts.
const PACKAGE_IN_SCRIPTS: &str = "$package";
/// The published sources that name the package. The tests also name versions that don't exist.
const SOURCES: [&str; 4] = ["guest/", "host/src/", "host/cli/src/wit/", "wit/"];

/// Checks that all published sources name the contract's version, and returns it.
pub(crate) fn check() -> Result<Version> {
    let world = fs::read_to_string(root().join(WORLD)).with_context(|| format!("can't read {WORLD}"))?;
    let line = world.lines().find_map(|line| line.strip_prefix("package ")?.strip_suffix(';'));
    let version = line.and_then(|package| package.split_once('@')).context("the package of wit/ has no version")?.1;
    let mut wrong = String::new();
    let is_source = |path: &String| SOURCES.iter().any(|source| path.starts_with(source)) && !path.contains("/tests/");
    for path in tracked_files()?.into_iter().filter(is_source) {
        // Links lead to files that are listed too, and not all files are text.
        let file = root().join(&path);
        if !file.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let Ok(text) = fs::read_to_string(file) else { continue };
        for (number, named) in named_versions(&text).filter(|(_, named)| *named != version) {
            wrong += &format!("\n{path}:{number}: names the version {named}");
        }
    }
    ensure!(wrong.is_empty(), "{WORLD} has the version {version}; name it in these files too:{wrong}");
    version.parse().map_err(anyhow::Error::msg)
}

/// Checks that a release with this version can contain the contract.
pub(crate) fn check_release(release: Version) -> Result<()> {
    let contract = check()?;
    if !release.is_compatible(contract) || release < contract {
        bail!(
            "the contract has the version {contract}, which does not fit the release {release}; see \"Compatibility of \
             the contract\" in CONTRIBUTING.md"
        );
    }
    Ok(())
}

/// Writes the package in its binary form, which registries of WIT packages store.
pub(crate) fn write_binary(file: &Path) -> Result<()> {
    let mut command = Command::new("wasm-tools");
    command.args(["component", "wit", "--wasm", "wit", "--output"]).arg(file);
    run(command.env("PATH", packages::path()?).current_dir(root()))
}

/// Returns the lines, from 1, and the versions of the package that they name.
fn named_versions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let names = [PACKAGE, PACKAGE_IN_SCRIPTS].into_iter().flat_map(move |name| line.match_indices(name));
        names.filter_map(move |(start, name)| {
            let rest = &line[start + name.len()..];
            let interface = rest.strip_prefix('/').unwrap_or(rest);
            let version =
                interface.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '-').strip_prefix('@')?;
            let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
            Some((index + 1, version[..end].trim_end_matches('.')))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_sources_name_one_version() {
        check().expect("one version");
    }

    #[test]
    fn versions_are_found_in_all_forms() {
        let text = "package wasmysql:mysql@0.1.0;\nuse \"wasmysql:mysql/types@0.2.0\": types, wasmysql:mysql and \
                    wasmysql:mysql/imports.\n--rename \"$package/blocking-engine@0.3.0=wme\" wasmysql:other@0.9.0\n";
        assert_eq!(named_versions(text).collect::<Vec<_>>(), [(1, "0.1.0"), (2, "0.2.0"), (3, "0.3.0")]);
    }
}
