//! Chapters that are generated from sources.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::chapters::Help;

/// Returns the help of the tool and of each command.
pub(super) fn command_line(help: Help<'_>) -> Result<String> {
    let overview = help(None)?;
    let mut text = format!("# Command line\n\n```text\n{overview}```\n");
    for command in commands(&overview) {
        text += &format!("\n## wasmysql {command}\n\n```text\n{}```\n", help(Some(command))?);
    }
    Ok(text)
}

/// Returns the commands of a help text.
fn commands(help: &str) -> Vec<&str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    // The descriptions are further to the right.
    let named = listed.take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).filter(|command| *command != "help").collect()
}

/// Runs the tool with `--help`.
pub(super) fn help(tool: &Path, command: Option<&str>) -> Result<String> {
    let output = Command::new(tool).args(command).arg("--help").output().context("can't run wasmysql")?;
    if !output.status.success() {
        bail!("wasmysql {} --help failed", command.unwrap_or_default());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns the WIT files with their documentation.
pub(super) fn wit(directory: &Path) -> Result<String> {
    let mut text =
        "# WIT package\n\nThe contract between a host and a plugin, with the documentation of each item.\n".to_owned();
    let mut files: Vec<_> = fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for path in files.into_iter().map(|file| file.path()) {
        if path.extension().is_some_and(|extension| extension == "wit") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            text += &format!("\n## {name}\n\n```wit\n{}```\n", fs::read_to_string(&path)?);
        }
    }
    Ok(text)
}

/// The types of an error in `wit/types.wit`, with their headings.
const ERROR_TYPES: [(&str, &str); 7] = [
    ("error-kind", "Kinds"),
    ("server-class", "Classes of server errors"),
    ("limit", "Limits"),
    ("step", "Steps of a timeout"),
    ("abort-reason", "Reasons of an aborted transaction"),
    ("transaction-state", "States of the transaction"),
    ("retry-advice", "Retry advice"),
];

/// Returns the tables of the error kinds and of the types inside them.
pub(super) fn error_kinds(wit: &Path) -> Result<String> {
    let source = fs::read_to_string(wit.join("types.wit"))?;
    let mut text = "# Error kinds\n\nThe parts of an error, as the contract defines them. The SDKs use the same names \
                    in the spelling of their language.\n"
        .to_owned();
    for (name, heading) in ERROR_TYPES {
        text += &format!("\n## {heading}\n\nThe type `{name}`.\n\n| case | meaning |\n|---|---|\n");
        for (case, meaning) in cases(&source, name).with_context(|| format!("types.wit has no type {name}"))? {
            text += &format!("| `{case}` | {} |\n", meaning.replace('|', "\\|"));
        }
    }
    Ok(text)
}

/// Returns the cases of a variant or an enum, each with its doc comment.
fn cases(source: &str, name: &str) -> Option<Vec<(String, String)>> {
    let start = ["variant", "enum"].iter().find_map(|kind| source.find(&format!("{kind} {name} {{")))?;
    let (mut cases, mut comment) = (Vec::new(), Vec::new());
    for line in source[start..].lines().skip(1).map(str::trim).take_while(|line| *line != "}") {
        match line.strip_prefix("///") {
            Some(part) => comment.push(part.trim()),
            None => cases.push((line.trim_end_matches(',').to_owned(), std::mem::take(&mut comment).join(" "))),
        }
    }
    Some(cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::root;

    #[test]
    fn commands_are_those_of_the_help() {
        let help = "Runs plugins\n\nCommands:\n  new   Create\n        a package\n  run   Run\n  help  Print\n\nOptions:\n  -h\n";
        assert_eq!(commands(help), ["new", "run"]);
    }

    #[test]
    fn every_case_of_an_error_has_a_meaning() {
        let source = "/// A step.\nenum step {\n  /// Waiting\n  /// for it.\n  acquire,\n}\n";
        assert_eq!(cases(source, "step"), Some(vec![("acquire".to_owned(), "Waiting for it.".to_owned())]));
        let text = error_kinds(&root().join("wit")).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(text.contains("| `server(server-error)` | The server reported an error. |"), "{text}");
        assert!(!text.contains("|  |"), "a case has no meaning: {text}");
    }
}
