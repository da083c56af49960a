//! `wasmysql test`: runs the tests of a plugin.

mod attempt;
mod list;
mod output;
mod report;
mod schemas;
mod suite;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use wasmysql_host::WasmysqlCtxBuilder;
use wasmysql_private_server::{PrivateServer, ServerChoice};

use crate::databases;
use crate::exit::Failure;
use crate::interrupt::{Interrupts, SHUTDOWN_TIMEOUT, until_interrupted, until_interrupted_blocking};
use crate::limits::Limits;
use crate::migrations;
use crate::private;
use crate::schema::SchemaFile;
use attempt::{Attempts, Verdict};
use list::Case;
use report::{Report, Style};
use schemas::Schemas;
use suite::Suite;

/// The maximum default number of concurrent tests. More tests would mostly wait for the server.
const MAX_THREADS: usize = 4;

#[derive(Debug, clap::Args)]
#[command(after_help = crate::exit::TEST)]
pub(crate) struct Arguments {
    /// Tests: a component built with `cargo test --no-run`, or a Python file or directory
    #[arg(value_name = "TESTS.wasm|FILE.py|DIR", default_value = "tests")]
    plugin: PathBuf,

    /// Load an SQL file into the schema of each test before the migrations
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Apply the migrations of a directory to the schema of each test before the test starts
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,

    /// Select the private server: mariadb, mysql, or the path of a server program or of an unpacked
    /// package [default: the installed one, MariaDB before MySQL]
    #[arg(long, value_name = "mariadb|mysql|PATH")]
    server: Option<ServerChoice>,

    #[command(flatten)]
    options: Options,
}

/// The options of libtest, and a timeout.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run only tests whose name contains one of these filters
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,

    /// Match filters against the whole name
    #[arg(long)]
    exact: bool,

    /// Skip tests whose name contains this filter
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,

    /// Run only tests with #[ignore]
    #[arg(long, conflicts_with = "include_ignored")]
    ignored: bool,

    /// Run tests with #[ignore] too
    #[arg(long)]
    include_ignored: bool,

    /// List the tests instead of running them
    #[arg(long)]
    list: bool,

    /// Show the output of each test when it ends [default: only the output of failed tests, at the
    /// end]
    #[arg(long, alias = "no-capture", alias = "show-output")]
    nocapture: bool,

    /// Show a character for each test instead of a line
    #[arg(short, long)]
    quiet: bool,

    /// Number of tests that run at the same time [default: the number of processors, at most 4]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    test_threads: Option<u16>,

    /// Timeout of each test, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,

    /// Set a user variable on each session of the tests, `@NAME` in SQL; they can't change it
    #[arg(long, value_name = "NAME=TEXT", value_parser = databases::assignment)]
    variable: Vec<(String, String)>,

    /// Accepted for tools that pass it; only affects `--list`
    #[arg(long, hide = true, value_parser = ["pretty", "terse"], default_value = "pretty")]
    format: String,

    /// Accepted for tools that pass it; the output is never coloured
    #[arg(long, hide = true, value_name = "WHEN")]
    color: Option<String>,

    #[command(flatten)]
    limits: Limits,
}

impl Options {
    /// Returns these options, completed by `limits` where a limit is not given.
    pub(crate) fn with_limits(self, limits: &Limits) -> Self {
        Self { limits: self.limits.or(limits), ..self }
    }
}

impl Arguments {
    pub(crate) fn new(
        plugin: PathBuf,
        server: Option<ServerChoice>,
        migrations: Option<PathBuf>,
        options: Options,
    ) -> Self {
        Self { plugin, schema: None, migrations, server, options }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen(&runtime)?;
    let mut server = None;
    let outcome = test(arguments, &runtime, &mut interrupts, &mut server);
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    // The server stops after all connections to it.
    drop(server);
    outcome
}

fn test(
    Arguments { plugin: path, schema, migrations, server: choice, options }: Arguments,
    runtime: &Runtime,
    interrupts: &mut Interrupts,
    server: &mut Option<Arc<PrivateServer>>,
) -> Result<(), Failure> {
    let (file, limits) = (path.clone(), options.limits.clone());
    let load = move || Suite::load(&file, &limits);
    let suite = Arc::new(runtime.block_on(until_interrupted_blocking(interrupts, load))?);
    let schema = schema.map(SchemaFile::read).transpose()?;
    let migrations = migrations.or_else(|| suite.python.as_ref()?.migrations()).map(migrations::read).transpose()?;
    let style = if options.quiet { Style::Characters } else { Style::Lines };

    let (listing, limit) = (Arc::clone(&suite), Duration::from_secs(options.timeout));
    let found = runtime
        .block_on(until_interrupted(interrupts, async move { list::all(&listing, limit).await }))
        .map_err(|failure| failure.of(&path.display()))?;
    let (selected, filtered_out): (Vec<Case>, Vec<Case>) = found.into_iter().partition(|case| options.selects(case));
    let mut report = Report::new(io::stdout(), style, options.nocapture);
    if options.list {
        return report.list(&selected, options.format == "pretty").map_err(stdout_failure);
    }

    let will_run = selected.iter().any(|case| options.runs(case));
    if will_run && suite.plugin.uses_mysql() {
        // The server takes seconds to start. If this process ends meanwhile, so does the server.
        let started =
            runtime.block_on(until_interrupted_blocking(interrupts, move || private::start(choice, None, "")))?;
        *server = Some(Arc::new(started));
    }
    let context = databases::with_variables(WasmysqlCtxBuilder::default(), &options.variable)?;
    let schemas = server.as_ref().map(|server| Schemas::new(Arc::clone(server), schema, migrations, context));
    let attempts = Arc::new(Attempts { suite, schemas, limit });
    let all_succeeded = runtime.block_on(until_interrupted(interrupts, async move {
        report.start(selected.len(), filtered_out.len()).map_err(stdout_failure)?;
        run_all(selected, &options, &attempts, &mut report).await?;
        report.end().map_err(stdout_failure)
    }))?;
    if all_succeeded { Ok(()) } else { Err(Failure::Tests) }
}

/// Runs several tests at the same time, and reports each when it ends.
async fn run_all(
    selected: Vec<Case>,
    options: &Options,
    attempts: &Arc<Attempts>,
    report: &mut Report<io::Stdout>,
) -> Result<(), Failure> {
    let (mut waiting, mut running) = (selected.into_iter(), JoinSet::new());
    loop {
        while running.len() < options.threads()
            && let Some(case) = waiting.next()
        {
            if options.runs(&case) {
                let attempts = Arc::clone(attempts);
                running.spawn(async move { attempts.run(&case).await.map(|verdict| (case, verdict)) });
            } else {
                report.ended(case, Verdict::Ignored).map_err(stdout_failure)?;
            }
        }
        let Some(joined) = running.join_next().await else { return Ok(()) };
        let (case, verdict) = joined.map_err(Failure::host)??;
        report.ended(case, verdict).map_err(stdout_failure)?;
    }
}

impl Options {
    /// Returns whether the filters select a test.
    fn selects(&self, case: &Case) -> bool {
        let matches =
            |filter: &String| if self.exact { case.name == *filter } else { case.name.contains(filter.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skip.iter().any(matches)
            && (case.ignored || !self.ignored)
    }

    /// Returns whether a selected test is run, or else reported as ignored.
    fn runs(&self, case: &Case) -> bool {
        !case.ignored || self.ignored || self.include_ignored
    }

    fn threads(&self) -> usize {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        self.test_threads.map_or_else(|| processors().min(MAX_THREADS), usize::from)
    }
}

fn stdout_failure(error: io::Error) -> Failure {
    Failure::Host(format!("can't write to stdout: {error}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::entry::Entry;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    /// Checks the names of the selected tests and of the tests that run.
    #[track_caller]
    fn check(arguments: &[&str], selected: &[&str], run: &[&str]) {
        let line = Line::try_parse_from([&["wasmysql"], arguments].concat()).unwrap_or_else(|error| panic!("{error}"));
        let case = |name: &str, ignored| Case { entry: Entry::P3, name: name.to_owned(), ignored };
        let cases = [case("tests::adds", false), case("tests::adds_slowly", true), case("tests::removes", false)];
        let found: Vec<&Case> = cases.iter().filter(|case| line.options.selects(case)).collect();
        assert_eq!(found.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), selected, "{arguments:?}");
        let runs = found.iter().filter(|case| line.options.runs(case));
        assert_eq!(runs.map(|case| case.name.as_str()).collect::<Vec<_>>(), run, "{arguments:?}");
    }

    #[test]
    fn filters_select_tests_as_in_libtest() {
        let (adds, slowly, removes) = ("tests::adds", "tests::adds_slowly", "tests::removes");
        check(&[], &[adds, slowly, removes], &[adds, removes]);
        check(&["adds"], &[adds, slowly], &[adds]);
        check(&["adds", "removes", "--include-ignored"], &[adds, slowly, removes], &[adds, slowly, removes]);
        check(&["tests::adds", "--exact"], &[adds], &[adds]);
        check(&["--skip", "adds"], &[removes], &[removes]);
        check(&["--ignored"], &[slowly], &[slowly]);
        check(&["multiplies"], &[], &[]);
    }
}
