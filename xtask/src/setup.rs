//! Installs missing requirements. Prints nothing if nothing is missing.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wasmysql_mariadb::{StartError, find_galera, find_mariadbd};

use crate::cargo;

const TARGET: &str = "wasm32-wasip2";
/// The second package contains `my_print_defaults`, which the installer of the first one needs.
const MARIADB_PACKAGES: [&str; 2] = ["mariadb-server-core", "mariadb-client-core"];

/// The package for clusters, which only the tests use.
const GALERA_PACKAGE: &str = "galera-4";

/// Installs the requirements of running plugins.
pub(crate) fn run() -> Result<()> {
    target()?;
    mariadb()
}

/// Installs the requirements of the tests.
pub(crate) fn run_for_tests() -> Result<()> {
    run()?;
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
    let by_apt = is_in_path("apt-get") && is_root();
    match find_mariadbd() {
        Err(StartError::NotInstalled { .. }) if by_apt => {}
        // A server that WASMYSQL_MARIADBD names comes with its own `my_print_defaults`.
        Ok(_) if by_apt && !is_in_path("my_print_defaults") && env::var_os("WASMYSQL_MARIADBD").is_none() => {}
        found => return Ok(found.map(drop)?),
    }
    eprintln!("setup: apt-get update");
    // `apt-get update` fails if one of many sources is unreachable; the installation can still
    // succeed.
    let _ = apt_get(&["update"]);
    let [server, client] = MARIADB_PACKAGES;
    eprintln!("setup: apt-get install {server} {client}");
    apt_get(&["install", "-y", "--no-install-recommends", server, client])?;
    Ok(find_mariadbd().map(drop)?)
}

fn galera() -> Result<()> {
    if find_galera().is_some() {
        return Ok(());
    }
    if !(is_in_path("apt-get") && is_root()) {
        // Only the tests of a cluster need Galera, so the other tests still run.
        eprintln!(
            "setup: Galera is not installed, so the tests of a cluster will fail; install it (Debian, Ubuntu: apt-get install \
             galera-4; Fedora: dnf install galera; Arch: pacman -S galera), or set WASMYSQL_GALERA to the path of libgalera_smm.so"
        );
        return Ok(());
    }
    eprintln!("setup: apt-get install {GALERA_PACKAGE}");
    let _ = apt_get(&["update"]);
    apt_get(&["install", "-y", "--no-install-recommends", GALERA_PACKAGE])
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    cargo::run(&mut command)
}

fn is_in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
