//! Chapters that are generated from sources.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::chapters::Help;

/// The commands of the tool.
const COMMANDS: [&str; 9] = ["new", "run", "serve", "test", "build", "migrate", "check", "wit", "runner"];

/// Returns the help of the tool and of each command.
pub(super) fn command_line(help: Help<'_>) -> Result<String> {
    let mut text = format!("# Command line\n\n```text\n{}```\n", help(None)?);
    for command in COMMANDS {
        text += &format!("\n## wasmysql {command}\n\n```text\n{}```\n", help(Some(command))?);
    }
    Ok(text)
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
