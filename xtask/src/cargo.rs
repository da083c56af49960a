//! Runs cargo and other programs.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};

/// Returns the directory of the workspace.
///
/// `cargo run` sets the variable. Clones with the same target directory share this program, so a
/// path from its build can be that of another clone.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&package).parent().unwrap_or(Path::new(&package)).to_owned()
    });
    &ROOT
}

/// Returns cargo's target directory, independently of how it is configured.
///
/// This program is in the directory of a profile, which is inside of the target directory.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let this = env::current_exe().context("can't determine the path of xtask")?;
    let target = this.ancestors().nth(2).context("xtask is not in a target directory; run it with cargo xtask")?;
    Ok(target.to_owned())
}

/// Returns a cargo command in the workspace, with the environment of a terminal.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    // `cargo run` sets variables that describe this package. Some build scripts watch them and
    // would run again.
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

/// Runs a command and checks that it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("can't run {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Replaces this process by a command, so that the exit code and signals don't have to be
/// forwarded.
pub(crate) fn become_command(mut command: Command) -> Result<()> {
    let error = command.exec();
    Err(error).with_context(|| format!("can't run {}", shown(&command)))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
