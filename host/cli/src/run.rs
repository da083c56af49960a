//! `wasmysql run`: runs a plugin.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::runtime::{Handle, Runtime};
use tracing::Span;
use wasmysql_host::GuestRequest;

use crate::databases::{self, Databases};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::interrupt::{Interrupts, SHUTDOWN_TIMEOUT, until_interrupted, until_interrupted_blocking};
use crate::limits::Limits;
use crate::metrics;
use crate::plugin::{End, Plugin, State};
use crate::private::Private;
use crate::program::Program;
use crate::stderr::Stderr;

#[derive(Debug, clap::Args)]
#[command(after_help = crate::exit::RUN)]
pub(crate) struct Arguments {
    /// Plugin: a component that exports wasi:cli/run@0.3 or @0.2, or a Python file
    #[arg(value_name = "PLUGIN.wasm|FILE.py")]
    plugin: PathBuf,

    /// Arguments for the plugin
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,

    #[command(flatten)]
    environment: Environment,

    /// Serve Prometheus metrics at http://ADDR/metrics while the plugin runs; ADDR is IP:PORT, and
    /// with port 0 a free port is selected and printed to stderr
    #[arg(long, value_name = "ADDR", value_parser = metrics::address)]
    metrics: Option<SocketAddr>,

    #[command(flatten)]
    limits: Limits,

    #[command(flatten)]
    databases: databases::Arguments,
}

impl Arguments {
    /// Returns the arguments of a plugin with a private server and no access to files or variables.
    pub(crate) fn new(
        plugin: PathBuf,
        arguments: Vec<String>,
        limits: Limits,
        databases: databases::Arguments,
    ) -> Self {
        Self { plugin, arguments, environment: Environment::default(), metrics: None, limits, databases }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen(&runtime)?;
    let handle = runtime.handle().clone();
    // A private server takes seconds to install and start. If this process ends meanwhile, so does
    // the server.
    let ready = runtime.block_on(until_interrupted_blocking(&mut interrupts, move || Ready::new(arguments, &handle)));
    let (outcome, server) = match ready {
        Ok(ready) => ready.run(&runtime, &mut interrupts),
        Err(failure) => (Err(failure), None),
    };
    // A thread can still wait for input or run a plugin that never waits, hence the timeout. The
    // connections end before the server does.
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    drop(server);
    outcome
}

/// A compiled plugin with its state and databases.
struct Ready {
    program: Program,
    plugin: Plugin,
    state: State,
    databases: Databases,
    request: GuestRequest,
    stderr: Stderr,
}

impl Ready {
    /// Compiles the plugin and opens its databases.
    fn new(arguments: Arguments, runtime: &Handle) -> Result<Self, Failure> {
        // Before the plugin is compiled, which takes seconds.
        arguments.environment.wasi().map_err(Failure::Host)?;
        let program = Program::of(arguments.plugin)?;
        let plugin = Plugin::load(program.component(), &program.limits(&arguments.limits))?;
        let stderr = Stderr::default();
        let mut wasi = arguments.environment.wasi().map_err(Failure::Host)?;
        wasi.inherit_stdin().stderr(stderr.clone());
        program.configure(&mut wasi, &arguments.arguments)?;
        if let Some(address) = arguments.metrics {
            metrics::serve(address, runtime)?;
        }
        let databases = arguments.databases.with_migrations(program.migrations());
        let databases = databases.open(&program.name(), plugin.uses_mysql(), runtime)?;
        let mut context = databases.context.clone().build();
        let request = GuestRequest::new(program.name(), Span::none());
        context.set_request(&request);
        Ok(Self { program, plugin, state: State::new(wasi.build(), context), databases, request, stderr })
    }

    /// Runs the plugin to completion.
    ///
    /// Returns the private server, because it must stop after all connections to it.
    fn run(self, runtime: &Runtime, interrupts: &mut Interrupts) -> (Result<(), Failure>, Option<Private>) {
        let Self { program, plugin, state, databases, request, stderr } = self;
        let path = program.path().display().to_string();
        let mut outcome = runtime.block_on(until_interrupted(interrupts, async move {
            let Some(&entry) = plugin.entries().first() else { return Ok(()) };
            match plugin.run(entry, state).await {
                End::Success => Ok(()),
                // The plugin has reported the error, unless its language does not.
                End::Error if stderr.was_used() => Err(Failure::Plugin(None)),
                End::Error => Err(Failure::Plugin(Some(silent(&path, &request)))),
                End::Exit(code) => Err(Failure::Exit(code)),
                End::Trap(reason) => Err(Failure::Trap(format!("{path}: {reason}"))),
            }
        }));
        if !matches!(outcome, Err(Failure::Interrupted(_))) {
            let finish = databases.finish();
            let finished = runtime.block_on(until_interrupted(interrupts, async move {
                finish.await;
                Ok(())
            }));
            outcome = outcome.and(finished);
        }
        runtime.block_on(databases.shutdown());
        (outcome, databases.server)
    }
}

/// Returns the message about a plugin that failed without a message of its own.
fn silent(path: &str, request: &GuestRequest) -> String {
    match request.last_error() {
        Some(error) => format!("{path}: it returned an error without a message; its last error of a database: {error}"),
        None => format!("{path}: it returned an error without a message"),
    }
}
