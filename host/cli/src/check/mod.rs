//! `wasmysql check`: checks a plugin, and databases and accounts against their grants.

mod accounts;
mod databases;
mod needs;
mod plugin;
mod report;
mod servers;

use std::io::{self, Stdout};
use std::path::PathBuf;

use tokio::runtime::Runtime;

use crate::databases::{Given, Offer};
use crate::exit::Failure;
use crate::interrupt::{Interrupts, SHUTDOWN_TIMEOUT, until_interrupted};
use report::Report;

#[derive(Debug, clap::Args)]
#[command(
    after_help = crate::exit::CHECK,
    override_usage = "wasmysql check <PLUGIN.wasm>\n       \
                      wasmysql check [PLUGIN.wasm] --config <FILE>\n       \
                      wasmysql check [PLUGIN.wasm] --database <NAME=URL>... [--grant <NAME=STATEMENTS>]...",
)]
pub(crate) struct Arguments {
    /// Plugin whose imports, exports and requirements are reported; with databases also its grants
    #[arg(value_name = "PLUGIN.wasm", required_unless_present_any = ["config", "database"])]
    plugin: Option<PathBuf>,

    #[command(flatten, next_help_heading = "Databases to inspect and to compare with their grants")]
    databases: Given,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let offer = match arguments.databases.is_empty() {
        true => None,
        false => Some(arguments.databases.offer()?),
    };
    let mut report = Report::new(io::stdout());
    if let Some(path) = &arguments.plugin {
        plugin::report(&mut report, path, offer.as_ref()).map_err(stdout_failure)?;
    }
    let report = match offer {
        Some(offer) => compare(report, offer)?,
        None => report,
    };
    match report.end().map_err(stdout_failure)? {
        true => Ok(()),
        false => Err(Failure::Check),
    }
}

/// Connects to the databases, one after the other, and reports on them.
fn compare(mut report: Report<Stdout>, offer: Offer) -> Result<Report<Stdout>, Failure> {
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen(&runtime)?;
    let compared = runtime.block_on(until_interrupted(&mut interrupts, async move {
        databases::report(&mut report, &offer).await.map_err(stdout_failure)?;
        Ok(report)
    }));
    // Connections still send their QUIT packets in the background.
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    compared
}

fn stdout_failure(error: io::Error) -> Failure {
    Failure::Host(format!("can't write to stdout: {error}"))
}
