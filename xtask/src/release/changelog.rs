//! The section of a release in CHANGELOG.md.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::version::Version;
use crate::cargo::root;

const FILE: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## Unreleased\n";
/// The sentence that the first release removes.
const BEFORE_RELEASES: &str = " Nothing is released yet, so anything may change.";

/// Moves the unreleased changes into a section of the version, unless it has one.
pub(crate) fn add_section(version: Version) -> Result<()> {
    let path = root().join(FILE);
    let text = fs::read_to_string(&path).with_context(|| format!("can't read {FILE}"))?;
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output().context("can't run date")?;
    let released = with_section(&text, version, String::from_utf8_lossy(&output.stdout).trim())?;
    if released != text {
        fs::write(&path, released).with_context(|| format!("can't write {FILE}"))?;
    }
    Ok(())
}

fn with_section(text: &str, version: Version, date: &str) -> Result<String> {
    if text.lines().any(|line| line.starts_with(&format!("## {version} - "))) {
        return Ok(text.to_owned());
    }
    let Some((before, changes)) = text.split_once(UNRELEASED) else {
        bail!("{FILE} has no section `Unreleased`; add it above the newest release");
    };
    let mut section = changes.lines().take_while(|line| !line.starts_with("## "));
    if section.all(|line| line.trim().is_empty()) {
        bail!("the section `Unreleased` of {FILE} is empty; list the changes since the last release");
    }
    Ok(format!("{}{UNRELEASED}\n## {version} - {date}\n{changes}", before.replace(BEFORE_RELEASES, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "2026-11-27";

    fn release(text: &str) -> Result<String> {
        with_section(text, "0.1.0".parse().expect("a version"), DATE)
    }

    #[test]
    fn first_release_takes_all_changes_once() {
        let text = "# Changelog\n\nNewest first. Nothing is released yet, so anything may change.\n\n\
                    ## Unreleased\n\n### Added\n\n- A\n";
        let expected = "# Changelog\n\nNewest first.\n\n## Unreleased\n\n## 0.1.0 - 2026-11-27\n\n### Added\n\n- A\n";
        let released = release(text).expect("a changelog");
        assert_eq!(released, expected);
        assert_eq!(release(&released).expect("a changelog"), expected);
    }

    #[test]
    fn release_without_changes_is_refused() {
        for space in ["", "\n", "\n \n\n"] {
            let text = format!("## Unreleased\n{space}## 0.0.1 - 2026-01-01\n\n- A\n");
            let error = release(&text).expect_err("no changes");
            assert!(error.to_string().contains("is empty; list the changes"), "{error}");
        }
        let error = release("## 0.0.1 - 2026-01-01\n").expect_err("no section");
        assert!(error.to_string().contains("no section `Unreleased`"), "{error}");
    }
}
