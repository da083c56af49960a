//! `cargo xtask`: what this repository can do, each in one command.

mod bench;
mod cargo;
mod demo;
mod setup;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What this repository can do", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build a plugin and its host, and run it with a private database
    Demo,
    /// Run all tests, or those whose name contains FILTER
    Test {
        /// Part of the tests' names
        filter: Option<String>,
        /// Arguments for the test programs, for example `--nocapture`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Measure the host against native drivers, and against a driver inside the guest
    Bench {
        /// Part of the measurements' names; `growth` measures what grows with rows, instances and connections instead
        filter: Option<String>,
    },
    /// Install what the other tasks need and is missing: the WebAssembly target, MariaDB, Galera
    Setup,
}

/// Packages that tests leave out: programs that only run inside a host, and the benchmarks, which would have them compile another
/// driver.
const WITHOUT_TESTS: [&str; 4] =
    ["wasmysql-test-programs", "wasmysql-bench-programs", "wasmysql-bench-sqlx-programs", "wasmysql-bench"];

/// Selects the packages that tests compile.
fn tested_packages<'a>() -> impl Iterator<Item = &'a str> {
    ["--workspace"].into_iter().chain(WITHOUT_TESTS.into_iter().flat_map(|package| ["--exclude", package]))
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Test { .. } | Task::Setup => setup::run_for_tests()?,
        Task::Demo | Task::Bench { .. } => setup::run()?,
    }
    match task {
        Task::Setup => Ok(()),
        Task::Demo => demo::run_demo(),
        Task::Test { filter, arguments } => cargo::become_cargo(
            ["test"]
                .into_iter()
                .chain(tested_packages())
                .chain(filter.as_deref())
                .chain(["--"])
                .chain(arguments.iter().map(String::as_str)),
        ),
        Task::Bench { filter } => bench::run_bench(filter.as_deref()),
    }
}
