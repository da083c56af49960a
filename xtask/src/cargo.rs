//! How this program runs others.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The directory of the workspace.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Where cargo puts what it builds, whatever configured it: this program is there too, in a profile's directory.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let this = env::current_exe().context("can't tell where xtask is")?;
    let target = this.ancestors().nth(2).context("xtask is not in a target directory")?;
    Ok(target.to_owned())
}

/// Cargo, in the workspace, as if it were called from a terminal.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    // `cargo run` describes this package to us. Some build scripts watch these variables, and would compile again.
    for (name, _) in env::vars_os() {
        if [b"CARGO_PKG_".as_slice(), b"CARGO_MANIFEST_"]
            .iter()
            .any(|prefix| name.as_encoded_bytes().starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("can't run {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Puts a command in the place of this process: its exit code and its signals need no passing on.
pub(crate) fn become_command(mut command: Command) -> Result<()> {
    let error = command.exec();
    Err(error).with_context(|| format!("can't run {}", shown(&command)))
}

/// Puts cargo in the place of this process.
pub(crate) fn become_cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<()> {
    become_command(cargo(arguments))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
