//! The version of a release, which several files contain.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::cargo::root;

/// The files with the version, and the line in each, with `VERSION` in its place.
const PLACES: [(&str, &str); 4] = [
    ("Cargo.toml", "version = \"VERSION\"\n"),
    ("guest/js/package.json", "\"version\": \"VERSION\","),
    ("guest/python/pyproject.toml", "version = \"VERSION\"\n"),
    ("wit/world.wit", "package wasmysql:mysql@VERSION;"),
];

/// Checks that all packages have this version.
pub(super) fn check(version: &str) -> Result<()> {
    let mut others = Vec::new();
    for (file, line) in PLACES {
        let line = line.replace("VERSION", version);
        if !read(file)?.contains(&line) {
            others.push(format!("{file} does not contain: {}", line.trim_end()));
        }
    }
    match others.as_slice() {
        [] => Ok(()),
        others => bail!("not all packages have the version {version}:\n  {}", others.join("\n  ")),
    }
}

/// Returns the section of the changelog. While it is still called `Unreleased`, that section.
pub(super) fn changes(version: &str) -> Result<String> {
    let changelog = read("CHANGELOG.md")?;
    let titled = |title: &str| section(&changelog, title);
    match titled(version) {
        Some(changes) => Ok(changes),
        None => {
            eprintln!("release: CHANGELOG.md has no section `## {version}`; using `## Unreleased`");
            titled("Unreleased").context("CHANGELOG.md has no section `## Unreleased`")
        }
    }
}

fn section(changelog: &str, title: &str) -> Option<String> {
    let start = changelog.find(&format!("\n## {title}\n"))? + 1;
    let end = changelog[start..].find("\n## ").map_or(changelog.len(), |length| start + length + 1);
    Some(changelog[start..end].to_owned())
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(root().join(file)).with_context(|| format!("can't read {file}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_the_version_of_the_workspace() {
        check(env!("CARGO_PKG_VERSION")).unwrap_or_else(|error| panic!("{error:#}"));
        let error = check("99.0.0").unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1 + PLACES.len(), "{error}");
    }

    #[test]
    fn section_ends_at_the_next_version() {
        let changelog = "# Changelog\n\n## 0.2.0\n\n- b\n\n## 0.1.0\n\n- a\n";
        assert_eq!(section(changelog, "0.2.0").as_deref(), Some("## 0.2.0\n\n- b\n\n"));
        assert_eq!(section(changelog, "0.1.0").as_deref(), Some("## 0.1.0\n\n- a\n"));
        assert_eq!(section(changelog, "0.3.0"), None);
    }
}
