//! `cargo xtask`: the development tasks of this repository.

mod api;
mod bench;
mod cargo;
mod demo;
mod language;
mod setup;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run a development task", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the demo plugin and run it with a private MariaDB server
    Demo,
    /// Run the tests
    Test {
        /// Run only tests whose name contains this text
        filter: Option<String>,
        /// Arguments for the test programs, for example `--nocapture`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Compare the host with native drivers and with a driver inside the guest
    Bench {
        /// Run only measurements whose name contains this text; `growth` instead measures how times
        /// grow with rows, instances and connections
        filter: Option<String>,
    },
    /// Install missing requirements: the WebAssembly target, MariaDB and Galera
    Setup,
    /// Check the wording and the line widths of documentation and comments
    Language,
    /// List the public API of the published crates in docs/api
    Api {
        /// Only check that the lists are up to date
        #[arg(long)]
        check: bool,
    },
}

/// Packages that the tests exclude: programs that run only inside a host, and the benchmarks, which
/// require another driver.
const WITHOUT_TESTS: [&str; 4] =
    ["wasmysql-test-programs", "wasmysql-bench-programs", "wasmysql-bench-sqlx-programs", "wasmysql-bench"];

/// Returns the arguments of cargo that select the packages of the tests.
fn tested_packages<'a>() -> impl Iterator<Item = &'a str> {
    ["--workspace"].into_iter().chain(WITHOUT_TESTS.into_iter().flat_map(|package| ["--exclude", package]))
}

fn main() -> ExitCode {
    match api::as_rustdoc().unwrap_or_else(|| run(Arguments::parse().task)) {
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
        Task::Language | Task::Api { .. } => {}
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
        Task::Language => language::run_language(),
        Task::Api { check } => api::run_api(check),
    }
}
