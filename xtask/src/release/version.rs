//! The version of the packages, in all files that contain it.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, run};

/// A version without a pre-release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

/// The files with the version, and the beginnings of their lines that contain it. npm and cargo
/// write the other files.
const PLACES: [(&str, &[&str]); 3] = [
    ("Cargo.toml", &["version = ", "wasmysql"]),
    ("guest/python/pyproject.toml", &["version = "]),
    ("guest/python/src/wasmysql/__init__.py", &["__version__ = "]),
];

impl Version {
    /// Returns the version of the workspace.
    pub(crate) fn current() -> Result<Self> {
        let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
        let mut lines = manifest.lines().skip_while(|line| *line != "[workspace.package]");
        let version = lines.find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        version.context("Cargo.toml has no version in [workspace.package]")?.parse().map_err(anyhow::Error::msg)
    }

    /// Returns whether a change from one version to the other can't break dependents.
    pub(crate) fn is_compatible(self, other: Self) -> bool {
        self.major == other.major && (self.major > 0 || self.minor == other.minor)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| match part.parse() {
            Ok(number) if part == "0" || !part.starts_with(['0', '+']) => Some(number),
            _ => None,
        };
        let numbers: Option<Vec<u64>> = text.split('.').map(number).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) => Ok(Self { major, minor, patch }),
            _ => Err(format!("invalid version `{text}`; write three numbers, for example 0.1.0")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Refuses a version that is older than the current one.
pub(crate) fn check(new: Version) -> Result<()> {
    let old = Version::current()?;
    if new < old {
        bail!("the packages already have the version {old}, which is newer than {new}");
    }
    Ok(())
}

/// Writes the version into all manifests and lock files.
pub(crate) fn set(new: Version) -> Result<()> {
    let old = Version::current()?;
    for (file, beginnings) in PLACES {
        let path = root().join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("can't read {file}"))?;
        let replaced = replace(&text, beginnings, old, new).with_context(|| format!("{file} has no version {old}"))?;
        if replaced != text {
            fs::write(&path, replaced).with_context(|| format!("can't write {file}"))?;
        }
    }
    // An earlier release can have failed before this. npm formats the file, so it writes only a new
    // version.
    let manifest = fs::read_to_string(root().join("guest/js/package.json"))?;
    if !manifest.contains(&format!("\n  \"version\": \"{new}\",")) {
        let mut npm = Command::new("npm");
        npm.args(["version", "--silent", "--no-git-tag-version", &new.to_string()]);
        run(npm.current_dir(root().join("guest/js")).stdout(Stdio::null()))?;
    }
    run(&mut cargo(["update", "--quiet", "--workspace"]))?;
    run(&mut cargo(["update", "--quiet", "--workspace", "--manifest-path", "fuzz/Cargo.toml"]))
}

/// Replaces the version in lines with these beginnings. Returns `None` if no line contains it.
fn replace(text: &str, beginnings: &[&str], old: Version, new: Version) -> Option<String> {
    let (old, new) = (format!("\"{old}\""), format!("\"{new}\""));
    let has_version = |line: &str| beginnings.iter().any(|start| line.starts_with(start)) && line.contains(&old);
    text.lines().any(has_version).then(|| {
        let lines = text.split_inclusive('\n');
        lines.map(|line| if has_version(line) { line.replace(&old, &new) } else { line.to_owned() }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(version("0.12.3").to_string(), "0.12.3");
        for wrong in ["", "1", "0.1", "0.1.0.0", "v0.1.0", "0.1.0-rc.1", "0.01.0", "0.+1.0", "0.1."] {
            let error = wrong.parse::<Version>().expect_err(wrong);
            assert_eq!(error, format!("invalid version `{wrong}`; write three numbers, for example 0.1.0"));
        }
    }

    #[test]
    fn compatible_versions_share_the_first_number_that_is_not_zero() {
        for (one, other, expected) in
            [("0.1.0", "0.1.9", true), ("0.1.0", "0.2.0", false), ("1.0.0", "1.2.0", true), ("1.0.0", "2.0.0", false)]
        {
            assert_eq!(version(one).is_compatible(version(other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn only_lines_of_our_packages_are_replaced() {
        let manifest = "version = \"0.1.0\"\nwasmysql-sql = { path = \"sql\", version = \"0.1.0\" }\n\
                        other = { version = \"0.1.0\" }\n";
        let replaced = replace(manifest, &["version = ", "wasmysql"], version("0.1.0"), version("0.1.1"));
        let expected = "version = \"0.1.1\"\nwasmysql-sql = { path = \"sql\", version = \"0.1.1\" }\n\
                        other = { version = \"0.1.0\" }\n";
        assert_eq!(replaced.as_deref(), Some(expected));
        assert_eq!(replace("version = \"0.3.0\"\n", &["version = "], version("0.1.0"), version("0.1.1")), None);
    }
}
