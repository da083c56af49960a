//! `cargo xtask`: the development tasks of this repository.

mod api;
mod bench;
mod book;
mod browser;
mod cargo;
mod check;
mod demo;
mod language;
mod languages;
mod packages;
mod python;
mod release;
mod selection;
mod servers;
mod setup;
mod test;
mod wheel;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
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
    /// Build the demo plugin and run it with a private server
    Demo {
        #[command(flatten)]
        server: Choice,
        /// Then serve the flights as a page and as a JSON API
        #[arg(long)]
        serve: bool,
        /// Serve at this address, IP:PORT; with port 0 a free port is selected
        #[arg(long, value_name = "ADDR", requires = "serve", default_value = "127.0.0.1:8080")]
        addr: SocketAddr,
    },
    /// Run the tests: all on the installed MariaDB, then the suite `it` on MySQL and MariaDB 11
    Test {
        /// Run only tests whose name contains this text, on one server; `languages` also tests the
        /// packages for JavaScript, Go and C, and installs their tools
        filter: Option<String>,
        /// Run all tests on this server only
        #[arg(long, value_name = SERVERS)]
        server: Option<String>,
        /// Arguments for the test programs, for example `--nocapture`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Compare the host with native drivers and with a driver inside the guest
    Bench {
        /// Run only measurements whose name contains this text; `growth` instead measures how times
        /// grow with rows, instances and connections, `serve` HTTP requests (needs wrk), `python`
        /// programs in Python, and `languages` programs in JavaScript, Go and C
        filter: Option<String>,
        #[command(flatten)]
        server: Choice,
    },
    /// Install missing requirements: the WebAssembly target, MariaDB and Galera
    Setup {
        /// Download these servers into target/servers
        #[arg(long, value_delimiter = ',')]
        servers: Vec<servers::Server>,
        /// Install the tools that build guests in these languages into target/languages
        #[arg(long, value_delimiter = ',')]
        languages: Vec<languages::Language>,
        /// Install Chromium and its driver, which test the page of the demo
        #[arg(long)]
        browser: bool,
        /// Install mdBook, which makes the book of the documents, into target/tools
        #[arg(long)]
        book: bool,
    },
    /// Check the wording and the line widths of documentation and comments
    Language,
    /// Build the documents as a book into target/book
    Book,
    /// Run the checks of a release; CI runs only those that take less than two minutes
    Check {
        /// Run only these checks
        checks: Vec<check::Check>,
    },
    /// Make the packages, the checksums and the section of the changelog of a release in
    /// target/release-VERSION, without uploading anything
    Release {
        /// Version of all packages, for example 0.1.0
        version: release::Version,
        /// Sign the checksums with this private key of SSH
        #[arg(long, value_name = "KEY")]
        sign: Option<PathBuf>,
    },
    /// List the public API of the published crates in docs/api
    Api,
}

#[derive(clap::Args)]
struct Choice {
    /// Use this server [default: the installed MariaDB]
    #[arg(long, value_name = SERVERS)]
    server: Option<String>,
}

/// The values of `--server`.
const SERVERS: &str = "mariadb|mysql|mariadb-11|PATH";

impl Choice {
    fn resolve(self) -> Result<Option<OsString>> {
        self.server.as_deref().map(servers::resolve).transpose()
    }
}

/// The environment variable that chooses the private servers.
const SERVER: &str = "WASMYSQL_SERVER";

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
        Task::Setup { servers, languages, browser, book } => {
            setup::run_for_tests(None)?;
            servers.into_iter().try_for_each(|server| server.get().map(drop))?;
            languages.into_iter().try_for_each(languages::Language::install)?;
            if browser {
                browser::set_up()?;
            }
            if book { book::install().map(drop) } else { Ok(()) }
        }
        Task::Demo { server, serve, addr } => {
            if serve {
                demo::check_address(addr)?;
            }
            let server = server.resolve()?;
            setup::run(server.as_deref())?;
            if serve { demo::serve_demo(server, addr) } else { demo::run_demo(server) }
        }
        Task::Test { filter, server, arguments } => {
            let server = Choice { server }.resolve()?;
            setup::run_for_tests(server.as_deref())?;
            test::run_tests(server, filter.as_deref(), &arguments)
        }
        Task::Bench { filter, server } => {
            let server = server.resolve()?;
            setup::run(server.as_deref())?;
            bench::run_bench(server, filter.as_deref())
        }
        Task::Check { checks } => check::run_checks(&checks),
        Task::Release { version, sign } => {
            setup::run(None)?;
            release::run_release(version, sign.as_deref())
        }
        Task::Language => language::run_language(),
        Task::Book => book::build(),
        Task::Api => api::write(),
    }
}
