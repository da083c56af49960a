//! `cargo xtask`: what this repository can do, each in one command.

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
    /// Measure the host against the native driver
    Bench {
        /// Part of the measurements' names
        filter: Option<String>,
    },
    /// Install what the other tasks need and is missing: the WebAssembly target, MariaDB, Galera
    Setup,
}

/// Programs that only run inside a host, and have no tests of their own.
const GUESTS_WITHOUT_TESTS: &str = "wasmysql-test-programs";

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
            ["test", "--workspace", "--exclude", GUESTS_WITHOUT_TESTS]
                .into_iter()
                .chain(filter.as_deref())
                .chain(["--"])
                .chain(arguments.iter().map(String::as_str)),
        ),
        Task::Bench { filter } => cargo::become_cargo(
            ["bench", "--package", "wasmysql-host", "--bench", "ratios", "--"].into_iter().chain(filter.as_deref()),
        ),
    }
}
