//! Installs missing requirements. Prints nothing if nothing is missing.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wasmysql_private_server::{Flavor, Installation, ServerChoice, find_galera};

use crate::cargo;

const TARGET: &str = "wasm32-wasip2";
const MARIADB_PACKAGE: &str = "mariadb-server-core";

/// The package for clusters, which only the tests use.
const GALERA_PACKAGE: &str = "galera-4";

/// Installs the requirements of running plugins with this server, or with the machine's MariaDB.
pub(crate) fn run(server: Option<&OsStr>) -> Result<()> {
    target()?;
    match server {
        Some(_) => Ok(()),
        None => mariadb(),
    }
}

/// Installs the requirements of the tests.
pub(crate) fn run_for_tests(server: Option<&OsStr>) -> Result<()> {
    run(server)?;
    galera()
}

fn target() -> Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(cargo::root())
        .output()
        .context("can't run rustc")?;
    if Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir() {
        return Ok(());
    }
    if !is_in_path("rustup") {
        bail!(
            "the Rust target {TARGET} is not installed, and rustup was not found in PATH; install the target with the \
             tool that installed Rust"
        );
    }
    eprintln!("setup: rustup target add {TARGET}");
    cargo::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(cargo::root()))
}

fn mariadb() -> Result<()> {
    let find = || Installation::find(&ServerChoice::Flavor(Flavor::MariaDb)).map(drop);
    if ServerChoice::from_env() != ServerChoice::Installed || find().is_ok() || !can_install() {
        return Ok(Installation::find(&ServerChoice::from_env()).map(drop)?);
    }
    install(&[MARIADB_PACKAGE])?;
    Ok(find()?)
}

fn galera() -> Result<()> {
    if find_galera().is_some() {
        return Ok(());
    }
    if !can_install() {
        // Only the tests of a cluster need Galera, so the other tests still run.
        eprintln!(
            "setup: Galera is not installed, so the tests of a cluster will fail; install it (Debian, Ubuntu: apt-get install \
             galera-4; Fedora: dnf install galera; Arch: pacman -S galera), or set WASMYSQL_GALERA to the path of libgalera_smm.so"
        );
        return Ok(());
    }
    install(&[GALERA_PACKAGE])
}

/// Returns whether this user can install packages of Debian or Ubuntu.
pub(crate) fn can_install() -> bool {
    is_in_path("apt-get") && is_root()
}

/// Installs packages of Debian or Ubuntu.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    eprintln!("setup: apt-get update");
    // `apt-get update` fails if one of many sources is unreachable; the installation can still
    // succeed.
    let _ = apt_get(&["update"]);
    eprintln!("setup: apt-get install {}", packages.join(" "));
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    cargo::run(&mut command)
}

pub(crate) fn is_in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
