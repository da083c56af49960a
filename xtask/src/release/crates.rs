//! The published crates: their packages, and the files in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::version::Version;
use crate::cargo::{cargo, root, run, target_directory};
use crate::language::tracked_files;

/// The published crates with their directories, each after its dependencies.
pub(crate) const CRATES: [(&str, &str); 7] = [
    ("wasmysql-macros", "guest/rust/macros"),
    ("wasmysql-batch", "wit/batch"),
    ("wasmysql-sql", "sql"),
    ("wasmysql-private-server", "host/private-server"),
    ("wasmysql", "guest/rust"),
    ("wasmysql-host", "host"),
    ("wasmysql-cli", "host/cli"),
];

/// Files that cargo adds.
const ADDED: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

/// Files that each package contains.
const REQUIRED: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Packages all crates, and returns the files. Does not compile them; the test of the packages
/// does.
pub(crate) fn package(version: Version) -> Result<Vec<PathBuf>> {
    let target = target_directory()?;
    let mut command = cargo(["package", "--quiet", "--locked", "--no-verify", "--allow-dirty", "--target-dir"]);
    command.arg(&target).args(CRATES.iter().flat_map(|(name, _)| ["--package", name]));
    run(&mut command)?;
    Ok(CRATES.iter().map(|(name, _)| target.join(format!("package/{name}-{version}.crate"))).collect())
}

/// Checks that the packages contain only files of the repository: a link to a directory can also
/// contain the results of builds.
pub(crate) fn check_files() -> Result<()> {
    let tracked: BTreeSet<String> = tracked_files()?.into_iter().collect();
    for (name, directory) in CRATES {
        let mut command = cargo(["package", "--quiet", "--list", "--allow-dirty", "--package", name]);
        let output = command.stderr(Stdio::inherit()).output().context("can't run cargo")?;
        ensure!(output.status.success(), "can't list the files of {name}");
        let list = String::from_utf8(output.stdout).context("the path of a file is not UTF-8")?;
        let files: Vec<&str> = list.lines().filter(|file| !ADDED.contains(file)).collect();
        for required in REQUIRED {
            ensure!(files.contains(&required), "the package of {name} has no {required}");
        }
        for file in files {
            let path = root().join(directory).join(file);
            let source = source(&path)?;
            ensure!(
                tracked.contains(&source),
                "the package of {name} contains {file}, but git does not track {source}; change `include` in {directory}/Cargo.toml"
            );
        }
    }
    Ok(())
}

/// Returns the path of a file's source in the repository, without links.
fn source(path: &Path) -> Result<String> {
    let source = fs::canonicalize(path).with_context(|| format!("can't find {}", path.display()))?;
    let source = source.strip_prefix(fs::canonicalize(root())?).context("a file is outside of the repository")?;
    Ok(source.to_string_lossy().into_owned())
}

/// Unpacks a package into the directory, which then contains a directory with its name and version.
pub(crate) fn unpack(package: &Path, directory: &Path) -> Result<()> {
    run(Command::new("tar").arg("-xzf").arg(package).arg("-C").arg(directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_contain_only_files_of_the_repository() {
        check_files().expect("files of the repository");
    }

    #[test]
    fn all_published_crates_are_listed() {
        let published = |directory: &str| {
            let manifest = fs::read_to_string(root().join(directory).join("Cargo.toml")).expect("a manifest");
            !manifest.contains("publish = false")
        };
        let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
        let (_, members) = manifest.split_once("members = [\n").expect("the members");
        let members = members.lines().take_while(|line| *line != "]").map(|line| line.trim_matches([' ', '"', ',']));
        let mut expected: Vec<&str> = members.filter(|member| published(member)).collect();
        expected.sort_unstable();
        let mut listed = CRATES.map(|(_, directory)| directory);
        listed.sort_unstable();
        assert_eq!(expected, listed);
    }
}
