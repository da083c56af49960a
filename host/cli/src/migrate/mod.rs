//! `wasmysql migrate`: applies the migrations of a plugin to a database.

mod output;
mod target;

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;
use wasmysql_host::{Database, Migrations, Resolution};

use crate::databases::assignment;
use crate::exit::Failure;
use crate::interrupt::{Interrupts, SHUTDOWN_TIMEOUT, until_interrupted};
use crate::log;
use crate::migrations::{self, failure};
use target::Target;

#[derive(Debug, clap::Args)]
#[command(
    after_help = crate::exit::MIGRATE,
    override_usage = "wasmysql migrate <DIR> --database <NAME=URL> [OPTIONS]\n       \
                      wasmysql migrate <DIR> --config <FILE> [--database <NAME>] [OPTIONS]",
)]
pub(crate) struct Arguments {
    /// Directory of the files, which have names such as 0001_create_visits.sql
    #[arg(value_name = "DIR")]
    directory: PathBuf,

    /// Set the plugin that owns the migrations; its ledger is wasmysql_migrations_NAME [default:
    /// the ledger wasmysql_migrations]
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,

    /// Show the state of each migration, and change nothing
    #[arg(long, conflicts_with_all = ["dry_run", "resolve"])]
    status: bool,

    /// Print the statements of the pending migrations, and change nothing
    #[arg(long, conflicts_with = "resolve")]
    dry_run: bool,

    /// Mark a failed or interrupted migration as applied, or as pending, after the schema was
    /// mended by hand; for a schema that already has its tables, mark a pending one as applied
    #[arg(long, value_name = "VERSION=applied|pending", value_parser = resolution)]
    resolve: Option<(u64, Resolution)>,

    /// Limit the wait for other runs, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lock_timeout: u32,

    /// Limit the time of each statement, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..))]
    statement_timeout: u32,

    #[command(flatten)]
    target: Target,
}

/// The work of a command.
#[derive(Debug, Clone, Copy)]
enum Work {
    Apply,
    Status,
    DryRun,
    Resolve(u64, Resolution),
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let work = match arguments {
        Arguments { status: true, .. } => Work::Status,
        Arguments { dry_run: true, .. } => Work::DryRun,
        Arguments { resolve: Some((version, resolution)), .. } => Work::Resolve(version, resolution),
        _ => Work::Apply,
    };
    let mut migrations = migrations::read(&arguments.directory)?
        .lock_timeout(Duration::from_secs(arguments.lock_timeout.into()))
        .statement_timeout(Duration::from_secs(arguments.statement_timeout.into()));
    if let Some(plugin) = arguments.plugin {
        migrations = migrations.plugin(plugin);
    }
    let database = arguments.target.open()?;
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen(&runtime)?;
    let (directory, opened) = (arguments.directory, database.clone());
    let outcome = runtime.block_on(until_interrupted(&mut interrupts, async move {
        match work {
            Work::Apply => apply(&opened, migrations).await,
            Work::Status => output::status(&status(&opened, &migrations).await?),
            Work::DryRun => output::dry_run(&directory, &migrations, &status(&opened, &migrations).await?),
            Work::Resolve(version, resolution) => {
                let resolved = opened.resolve_migration(&migrations, version, resolution).await;
                resolved.map_err(|error| failure(&error))?;
                output::line(&format!("version {version} is marked as {resolution}"))
            }
        }
    }));
    // After an interruption, this waits until the running statement is killed.
    runtime.block_on(database.shutdown(SHUTDOWN_TIMEOUT));
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    if let (Work::Apply, Err(Failure::Interrupted(_))) = (work, &outcome) {
        log::print(&"interrupted; --status shows what was applied, and the next run says how to continue");
    }
    outcome
}

async fn apply(database: &Database, migrations: Migrations) -> Result<(), Failure> {
    let (files, progress) = (migrations.files().len(), output::Progress::of(&migrations));
    let reported = progress.clone();
    let applied = database.migrate(&migrations.on_progress(move |event| reported.report(event))).await;
    progress.end_line();
    let applied = applied.map_err(|error| failure(&error))?;
    output::line(&format!("{} applied, {} already applied", applied.len(), files - applied.len()))
}

async fn status(database: &Database, migrations: &Migrations) -> Result<Vec<wasmysql_host::MigrationStatus>, Failure> {
    database.migration_status(migrations).await.map_err(|error| failure(&error))
}

/// Parses `VERSION=applied` or `VERSION=pending`.
fn resolution(text: &str) -> Result<(u64, Resolution), String> {
    let parsed = assignment(text).ok().and_then(|(version, resolution)| {
        let version = version.parse().ok()?;
        match &*resolution {
            "applied" => Some((version, Resolution::Applied)),
            "pending" => Some((version, Resolution::Pending)),
            _ => None,
        }
    });
    parsed.ok_or_else(|| "expected a version and applied or pending, such as 2=applied".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolution_has_a_version_and_a_state() {
        assert_eq!(resolution("2=applied"), Ok((2, Resolution::Applied)));
        assert_eq!(resolution("0010=pending"), Ok((10, Resolution::Pending)));
        for text in ["2", "applied", "2=", "2=done", "a=applied", "-1=applied"] {
            assert!(resolution(text).is_err(), "{text}");
        }
    }
}
