//! Builds the guest programs of the benchmarks and runs the benchmarks.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::cargo::{become_command, cargo, run, target_directory};
use crate::languages::{Guest, Language};
use crate::{SERVER, packages, python};

const BENCH: &str = "wasmysql-bench";
/// The benchmark of the Python package.
const PYTHON: &str = "python";
/// The command line tool, which the benchmark `serve` runs.
const TOOL: &str = "wasmysql-cli";
const SERVE: &str = "serve";
const PROGRAMS: &str = "wasmysql-bench-programs";
const SQLX_PROGRAMS: &str = "wasmysql-bench-sqlx-programs";
/// The guest in Python, which uses the reader of batches of the tests.
const COLUMNS: Guest<'_> = Guest {
    wit: "host/bench/python/wit",
    world: "scan",
    sources: &["host/bench/python", "tests/languages/python"],
    main: "columns",
};
/// The file name of its component.
const COLUMNS_COMPONENT: &str = "python_columns.wasm";

const TARGET: &str = "wasm32-wasip2";

/// The flag that enables tokio's network support on WASI.
const WITH_NETWORK: &str = "--cfg tokio_unstable";

pub(crate) fn run_bench(server: Option<OsString>, filter: Option<&str>) -> Result<()> {
    if filter == Some(PYTHON) {
        return python::run_bench();
    }
    if filter == Some(packages::LANGUAGES) {
        return packages::run_bench();
    }
    // The tests build their programs in the same directory, so most dependencies are compiled once.
    let programs = target_directory()?.join("programs");
    eprintln!("bench: building the programs and the host; the first build takes several minutes");
    for (package, rustflags) in [(PROGRAMS, ""), (SQLX_PROGRAMS, WITH_NETWORK)] {
        run(cargo(["build", "--package", package, "--bins", "--target", TARGET, "--profile", "guest"])
            .env("CARGO_TARGET_DIR", &programs)
            // The benchmarks compare the sizes of the programs, so they are stripped as in a
            // release.
            .env("CARGO_PROFILE_GUEST_STRIP", "symbols")
            .env("RUSTFLAGS", rustflags))?;
    }

    let built = programs.join(TARGET).join("guest");
    // Without the tools, the benchmark leaves out the measurement.
    let python = match Language::Python.is_installed()? {
        true => {
            Language::Python.build(&COLUMNS, &built.join(COLUMNS_COMPONENT))?;
            Some(Language::Python.program("python")?)
        }
        false => None,
    };

    let mut bench = if filter == Some(SERVE) {
        run(&mut cargo(["build", "--release", "--package", BENCH, "--package", TOOL]))?;
        let release = target_directory()?.join("release");
        let mut bench = Command::new(release.join(BENCH));
        bench.env("WASMYSQL_BENCH_TOOL", release.join("wasmysql"));
        bench
    } else {
        cargo(["run", "--release", "--package", BENCH, "--"])
    };
    bench
        .args(filter)
        .envs(server.map(|server| (SERVER, server)))
        .envs(python.map(|python| ("WASMYSQL_BENCH_PYTHON", python)))
        .env("WASMYSQL_BENCH_PROGRAMS", built);
    become_command(bench)
}
