//! Builds the demo plugin and `wasmysql`, and runs the plugin.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::cargo::{become_command, cargo, root, run, target_directory};
use crate::{SERVER, tested_packages};

const PLUGIN: &str = "wasmysql-demo";
const DATA: &str = "tests/data/nycflights13";

pub(crate) fn run_demo(server: Option<OsString>) -> Result<()> {
    let target = target_directory()?;
    // The same directory as for the programs of the tests. A build script compiles those while
    // cargo holds the lock of the target directory.
    let programs = target.join("programs");

    eprintln!("demo: building the plugin and the host; the first build takes several minutes");
    run(cargo(["build", "--package", PLUGIN, "--target", "wasm32-wasip2", "--profile", "guest"])
        .env("CARGO_TARGET_DIR", &programs))?;
    // Selecting the packages of the tests gives dependencies the same features as in the tests, so
    // they are compiled once.
    run(&mut cargo(["build"].into_iter().chain(tested_packages()).chain(["--bin", "wasmysql"])))?;

    let mut wasmysql = Command::new(target.join("debug/wasmysql"));
    wasmysql
        .arg("run")
        .arg(programs.join(format!("wasm32-wasip2/guest/{PLUGIN}.wasm")))
        .args(["--dir", &format!("{DATA}::/data"), "--", "/data"])
        .envs(server.map(|server| (SERVER, server)))
        .current_dir(root());
    become_command(wasmysql)
}
