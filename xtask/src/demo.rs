//! Builds a plugin and its host, and runs the one in the other.

use std::process::Command;

use anyhow::Result;

use crate::cargo::{become_command, cargo, root, run, target_directory};
use crate::tested_packages;

const PLUGIN: &str = "wasmysql-demo";
const DATA: &str = "tests/data/nycflights13";

pub(crate) fn run_demo() -> Result<()> {
    let target = target_directory()?;
    // A directory of its own: the programs of the tests are built in it too, by a build script, while cargo holds the other.
    let programs = target.join("programs");

    eprintln!("demo: building the plugin and the host; the first time this takes some minutes");
    run(cargo(["build", "--package", PLUGIN, "--target", "wasm32-wasip2", "--profile", "guest"])
        .env("CARGO_TARGET_DIR", &programs))?;
    // With the packages of the tests selected, dependencies have the same features as there, and are compiled once.
    run(&mut cargo(["build"].into_iter().chain(tested_packages()).chain(["--bin", "wasmysql"])))?;

    let mut wasmysql = Command::new(target.join("debug/wasmysql"));
    wasmysql
        .arg("run")
        .arg(programs.join(format!("wasm32-wasip2/guest/{PLUGIN}.wasm")))
        .args(["--dir", &format!("{DATA}::/data"), "--", "/data"])
        .current_dir(root());
    become_command(wasmysql)
}
