//! `wasmysql test`.

mod attempt;
mod list;
mod output;
mod report;
mod schemas;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use wasmysql_mariadb::PrivateServer;

use crate::databases;
use crate::exit::Failure;
use crate::interrupt::{Interrupts, SHUTDOWN_PATIENCE, until_interrupted, until_interrupted_blocking};
use crate::limits::Limits;
use crate::plugin::Plugin;
use crate::schema::SchemaFile;
use attempt::{Attempts, Verdict};
use list::Case;
use report::{Report, Style};
use schemas::Schemas;

/// More of them would mostly wait for the server.
const MOST_THREADS: usize = 4;

#[derive(Debug, clap::Args)]
#[command(after_help = crate::exit::TEST)]
pub(crate) struct Arguments {
    /// The tests: a component that `cargo test --no-run` made
    #[arg(value_name = "TESTS.wasm")]
    plugin: PathBuf,

    /// Load a file of SQL into each test's schema before the test starts
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    #[command(flatten)]
    options: Options,
}

/// What libtest understands too, but for the timeout.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run only tests whose name contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,

    /// Run only tests whose name is one of the filters
    #[arg(long)]
    exact: bool,

    /// Leave out tests whose name contains this
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,

    /// Run only tests that are marked #[ignore]
    #[arg(long, conflicts_with = "include_ignored")]
    ignored: bool,

    /// Run also tests that are marked #[ignore]
    #[arg(long)]
    include_ignored: bool,

    /// List the tests instead of running them
    #[arg(long)]
    list: bool,

    /// Show what every test printed, as soon as it has ended [default: of tests that fail, at the end]
    #[arg(long, alias = "no-capture", alias = "show-output")]
    nocapture: bool,

    /// Show a character for each test instead of a line
    #[arg(short, long)]
    quiet: bool,

    /// How many tests run at once [default: as many as there are processors, and 4 at most]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    test_threads: Option<u16>,

    /// How long a test may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,

    /// For tools that write it; only the format of `--list` depends on it
    #[arg(long, hide = true, value_parser = ["pretty", "terse"], default_value = "pretty")]
    format: String,

    /// For tools that write it; nothing is coloured
    #[arg(long, hide = true, value_name = "WHEN")]
    color: Option<String>,

    #[command(flatten)]
    limits: Limits,
}

impl Options {
    /// These, with limits of the plugin that are not given here.
    pub(crate) fn with_limits(self, limits: &Limits) -> Self {
        Self { limits: self.limits.or(limits), ..self }
    }
}

impl Arguments {
    pub(crate) fn new(plugin: PathBuf, schema: Option<PathBuf>, options: Options) -> Self {
        Self { plugin, schema, options }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen(&runtime)?;
    let mut server = None;
    let outcome = test(arguments, &runtime, &mut interrupts, &mut server);
    runtime.shutdown_timeout(SHUTDOWN_PATIENCE);
    // After all connections to it.
    drop(server);
    outcome
}

fn test(
    Arguments { plugin: path, schema, options }: Arguments,
    runtime: &Runtime,
    interrupts: &mut Interrupts,
    server: &mut Option<Arc<PrivateServer>>,
) -> Result<(), Failure> {
    let schema = schema.map(SchemaFile::read).transpose()?;
    let (file, limits) = (path.clone(), options.limits.clone());
    let load = move || Plugin::load(&file, &limits);
    let plugin = Arc::new(runtime.block_on(until_interrupted_blocking(interrupts, load))?);
    let style = if options.quiet { Style::Characters } else { Style::Lines };

    let (listing, limit) = (Arc::clone(&plugin), Duration::from_secs(options.timeout));
    let found = runtime
        .block_on(until_interrupted(interrupts, async move { list::all(&listing, limit).await }))
        .map_err(|failure| failure.of(&path.display()))?;
    let (chosen, left_out): (Vec<Case>, Vec<Case>) = found.into_iter().partition(|case| options.chooses(case));
    let mut report = Report::new(io::stdout(), style, options.nocapture);
    if options.list {
        return report.list(&chosen, options.format == "pretty").map_err(unwritten);
    }

    let will_run = chosen.iter().any(|case| options.runs(case));
    if will_run && plugin.uses_mysql() {
        // It takes a moment to start, and ends with this process also while it does so.
        let started = runtime.block_on(until_interrupted_blocking(interrupts, || databases::start(None, "")))?;
        *server = Some(Arc::new(started));
    }
    let schemas = server.as_ref().map(|server| Schemas::new(Arc::clone(server), schema));
    let attempts = Arc::new(Attempts { plugin, schemas, limit });
    let all_succeeded = runtime.block_on(until_interrupted(interrupts, async move {
        report.start(chosen.len(), left_out.len()).map_err(unwritten)?;
        run_all(chosen, &options, &attempts, &mut report).await?;
        report.end().map_err(unwritten)
    }))?;
    if all_succeeded { Ok(()) } else { Err(Failure::Tests) }
}

/// Runs tests, several at once, and reports each when it has ended.
async fn run_all(
    chosen: Vec<Case>,
    options: &Options,
    attempts: &Arc<Attempts>,
    report: &mut Report<io::Stdout>,
) -> Result<(), Failure> {
    let (mut waiting, mut running) = (chosen.into_iter(), JoinSet::new());
    loop {
        while running.len() < options.threads()
            && let Some(case) = waiting.next()
        {
            if options.runs(&case) {
                let attempts = Arc::clone(attempts);
                running.spawn(async move { attempts.run(&case).await.map(|verdict| (case, verdict)) });
            } else {
                report.ended(case, Verdict::Ignored).map_err(unwritten)?;
            }
        }
        let Some(joined) = running.join_next().await else { return Ok(()) };
        let (case, verdict) = joined.map_err(Failure::host)??;
        report.ended(case, verdict).map_err(unwritten)?;
    }
}

impl Options {
    /// Whether it is one of those that were asked for.
    fn chooses(&self, case: &Case) -> bool {
        let matches =
            |filter: &String| if self.exact { case.name == *filter } else { case.name.contains(filter.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skip.iter().any(matches)
            && (case.ignored || !self.ignored)
    }

    /// Whether one that was asked for is also run.
    fn runs(&self, case: &Case) -> bool {
        !case.ignored || self.ignored || self.include_ignored
    }

    fn threads(&self) -> usize {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        self.test_threads.map_or_else(|| processors().min(MOST_THREADS), usize::from)
    }
}

fn unwritten(error: io::Error) -> Failure {
    Failure::Host(format!("stdout: {error}"))
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

    /// The names of those that are chosen, and of those that run.
    #[track_caller]
    fn check(arguments: &[&str], chosen: &[&str], run: &[&str]) {
        let line = Line::try_parse_from([&["wasmysql"], arguments].concat()).unwrap_or_else(|error| panic!("{error}"));
        let case = |name: &str, ignored| Case { entry: Entry::P3, name: name.to_owned(), ignored };
        let cases = [case("tests::adds", false), case("tests::adds_slowly", true), case("tests::removes", false)];
        let is_chosen: Vec<&Case> = cases.iter().filter(|case| line.options.chooses(case)).collect();
        assert_eq!(is_chosen.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), chosen, "{arguments:?}");
        let runs = is_chosen.iter().filter(|case| line.options.runs(case));
        assert_eq!(runs.map(|case| case.name.as_str()).collect::<Vec<_>>(), run, "{arguments:?}");
    }

    #[test]
    fn tests_are_chosen_as_libtest_chooses() {
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
