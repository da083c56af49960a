//! The packages for npm and PyPI.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::cargo::{root, run, target_directory};
use crate::languages::Language;

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Checks the licences in `guest/js`. They are copies, because npm leaves links out of packages.
pub(super) fn check_licences() -> Result<()> {
    for name in LICENCES {
        let [licence, copy] = [root().join(name), root().join("guest/js").join(name)].map(|path| fs::read(path).ok());
        ensure!(licence.is_some() && licence == copy, "guest/js/{name} differs from {name}; copy the file");
    }
    Ok(())
}

/// Makes the package for npm.
pub(super) fn pack_javascript(directory: &Path) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(directory).current_dir(root().join("guest/js"));
    run(npm.stdout(Stdio::null()))
}

/// Makes the source distribution and the wheel for this platform, which contains the tool.
pub(super) fn build_python(directory: &Path) -> Result<()> {
    Language::Python.install()?;
    run(maturin()?.args(["sdist", "--out"]).arg(directory))?;
    run(maturin()?.args(["build", "--quiet", "--release", "--out"]).arg(directory))
}

/// Returns a command of maturin in the directory of the Python package.
pub(crate) fn maturin() -> Result<Command> {
    let mut maturin = Command::new(Language::Python.program("maturin")?);
    maturin.current_dir(root().join("guest/python")).env("CARGO_TARGET_DIR", target_directory()?);
    // maturin calls the cargo that runs this program.
    let path = env::var_os("PATH").unwrap_or_default();
    let cargo = env::var_os("CARGO").map(PathBuf::from);
    let cargo = cargo.as_deref().and_then(Path::parent).map(Path::to_owned);
    maturin.env("PATH", env::join_paths(cargo.into_iter().chain(env::split_paths(&path)))?);
    Ok(maturin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_package_has_the_licences() {
        check_licences().expect("copies of the licences");
    }
}
