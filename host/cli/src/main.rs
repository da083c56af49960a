//! `wasmysql`: makes, runs, tests and checks WebAssembly plugins that use MySQL.

mod check;
mod databases;
mod entry;
mod exit;
mod imports;
mod interrupt;
mod new;
mod plugin;
mod run;
mod runner;
mod schema;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// What is logged unless RUST_LOG says otherwise. Two processes that cache one plugin at once are no cause for a warning.
const LOGGED: &str = "warn,wasmtime_internal_cache=error";

const AFTER_HELP: &str = "\
From nothing to a plugin that runs:
  wasmysql new visits && cd visits && cargo run && cargo test";

#[derive(Parser)]
#[command(name = "wasmysql", version, about, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new plugin in Rust, which can be run and tested at once
    New(new::Arguments),
    /// Run a plugin to its end
    Run(run::Arguments),
    /// Run the tests of a plugin, each in an instance and a schema of its own
    Test(test::Arguments),
    /// Tell what a plugin needs and whether it can be run, and whether databases and their accounts are as they should be
    Check(check::Arguments),
    /// Run what cargo has built, as cargo's `runner`: tests as `test` does, others as `run` does
    Runner(runner::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED)))
        .with_writer(std::io::stderr)
        .init();

    let outcome = match arguments.command {
        Command::New(arguments) => new::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Runner(arguments) => runner::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
