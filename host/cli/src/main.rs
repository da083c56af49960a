//! `wasmysql`: makes, runs, tests and checks WebAssembly plugins that use MySQL.

mod check;
mod databases;
mod entry;
mod exit;
mod imports;
mod interrupt;
mod limits;
mod log;
mod metrics;
mod new;
mod plugin;
mod run;
mod runner;
mod schema;
mod test;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const AFTER_HELP: &str = "\
From nothing to a plugin that runs:
  wasmysql new visits && cd visits && cargo run && cargo test";

#[derive(Parser)]
#[command(name = "wasmysql", version, about, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// How to write to stderr what is logged, and errors; what a plugin writes there is its own
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    log: log::Format,
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
    let arguments = Arguments::try_parse().unwrap_or_else(|error| text::exit(error));
    log::begin(arguments.log);

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
