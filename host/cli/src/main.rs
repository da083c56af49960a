//! `wasmysql`: creates, runs, tests and checks WebAssembly plugins that use MySQL.

mod binary;
mod build;
mod check;
mod databases;
mod entry;
mod environment;
mod exit;
mod imports;
mod interrupt;
mod kept;
mod limits;
mod log;
mod metrics;
mod migrate;
mod migrations;
mod new;
mod outgoing;
mod plugin;
mod private;
mod program;
mod python;
mod run;
mod runner;
mod schema;
mod serve;
mod stderr;
mod test;
mod text;
mod wit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const AFTER_HELP: &str = "\
Example:
  wasmysql new visits && cd visits && cargo run && cargo test";

#[derive(Parser)]
#[command(name = "wasmysql", version, about, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// Set the format of logs and errors on stderr, and of the output of a plugin that is served
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    log: log::Format,
}

#[derive(Subcommand)]
enum Command {
    /// Create a new plugin in Rust, Python, JavaScript, Go or C, ready to run and test
    New(new::Arguments),
    /// Run a plugin
    Run(run::Arguments),
    /// Serve HTTP requests with a plugin
    Serve(serve::Arguments),
    /// Run the tests of a plugin, each in a separate instance and schema
    Test(test::Arguments),
    /// Make a self-contained component from Python files
    Build(build::Arguments),
    /// Apply the migrations of a plugin to a database, and show their state
    Migrate(migrate::Arguments),
    /// Check a plugin and its requirements, and databases and accounts against their grants
    Check(check::Arguments),
    /// Write the contract and example worlds, for the tools of any language
    Wit(wit::Arguments),
    /// Run programs and tests that cargo has built, as the `runner` in cargo's configuration
    Runner(runner::Arguments),
    #[command(name = kept::keeper::COMMAND, hide = true)]
    KeepPrivateServer(kept::keeper::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| text::exit(error));
    log::init(arguments.log);

    let outcome = match arguments.command {
        Command::New(arguments) => new::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Build(arguments) => build::run(arguments),
        Command::Migrate(arguments) => migrate::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Wit(arguments) => wit::run(arguments),
        Command::Runner(arguments) => runner::run(arguments),
        Command::KeepPrivateServer(arguments) => kept::keeper::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
