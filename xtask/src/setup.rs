//! Installs what is missing. Says nothing, and does nothing, when all is there.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wasmysql_mariadb::{StartError, find_galera, find_mariadbd};

use crate::cargo;

const TARGET: &str = "wasm32-wasip2";
/// The second has `my_print_defaults`, without which the first can't make a data directory.
const MARIADB_PACKAGES: [&str; 2] = ["mariadb-server-core", "mariadb-client-core"];

/// For servers that are a cluster, which only tests have.
const GALERA_PACKAGE: &str = "galera-4";

/// What running plugins needs.
pub(crate) fn run() -> Result<()> {
    target()?;
    mariadb()
}

/// What tests need besides.
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
            "the Rust target {TARGET} is not installed, and there is no rustup to install it with; install it the way Rust was"
        );
    }
    eprintln!("setup: rustup target add {TARGET}");
    cargo::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(cargo::root()))
}

fn mariadb() -> Result<()> {
    let by_apt = is_in_path("apt-get") && is_root();
    match find_mariadbd() {
        Err(StartError::NotInstalled { .. }) if by_apt => {}
        // Where another one than Debian's is chosen, it has all it needs with it.
        Ok(_) if by_apt && !is_in_path("my_print_defaults") && env::var_os("WASMYSQL_MARIADBD").is_none() => {}
        found => return Ok(found.map(drop)?),
    }
    eprintln!("setup: apt-get update");
    // One unreachable source of many fails it; whether the package can be had is seen next.
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
        // Nothing else needs it.
        eprintln!(
            "setup: Galera is not installed, and tests of a cluster will fail; install it (Debian, Ubuntu: apt-get install \
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
