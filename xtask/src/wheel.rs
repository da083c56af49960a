//! The test of the Python wheel: it works in an empty environment, without Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo::{run, target_directory};
use crate::languages::Language;
use crate::release::maturin;

/// The directories of the system's programs. `cargo` and `rustc` are not in them.
const SYSTEM: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The output of the new plugin.
const REPORT: &str = "/         2 visits\n/about    1 visits\n";

/// Builds the wheel, installs it, and creates, runs and tests a plugin with it.
pub(crate) fn test_wheel() -> Result<()> {
    let directory = target_directory()?.join("wheel");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let wheel = build(&directory)?;
    let environment = directory.join("environment");
    run(Command::new(Language::Python.program("python")?).args(["-m", "venv"]).arg(&environment))?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).arg(&wheel);
    run(pip.arg("sqlalchemy"))?;
    let wasmysql = |arguments: &[&str], folder: &Path| {
        let mut command = Command::new(environment.join("bin/wasmysql"));
        let path = format!("{}:{SYSTEM}", environment.join("bin").display());
        command.args(arguments).current_dir(folder).env("PATH", path).env("XDG_CACHE_HOME", directory.join("cache"));
        command.env_remove("VIRTUAL_ENV").env_remove("PYTHONPATH");
        command
    };
    run(&mut wasmysql(&["new", "--lang", "python", "visits"], &directory))?;
    let plugin = directory.join("visits");
    let output = wasmysql(&["run", "app.py"], &plugin).output().context("can't run the tool of the wheel")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(printed == REPORT, "the plugin printed:\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    run(&mut wasmysql(&["test"], &plugin))
}

/// Builds the wheel without optimizing the tool's own code, and returns its path.
fn build(directory: &Path) -> Result<PathBuf> {
    let wheels = directory.join("wheels");
    run(maturin()?.args(["build", "--quiet", "--profile", "dev", "--out"]).arg(&wheels))?;
    match fs::read_dir(&wheels)?.collect::<Result<Vec<_>, _>>()?.as_slice() {
        [wheel] => Ok(wheel.path()),
        others => bail!("maturin made {} wheels in {}", others.len(), wheels.display()),
    }
}
