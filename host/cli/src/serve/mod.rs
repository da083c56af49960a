//! `wasmysql serve`: serves HTTP requests with a plugin.

mod access;
mod answer;
mod body;
mod exchange;
mod instances;
mod listener;
mod load;
mod memory;
pub(crate) mod meters;
mod output;
mod reload;
mod request_id;
mod requests;
mod reuse;
mod route;
mod site;
mod ticket;
mod trace;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Notify, watch};
use wasmysql_private_server::ServerChoice;

use crate::databases::{self, Databases};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::interrupt::{Hangups, Interrupts, SHUTDOWN_TIMEOUT, until_interrupted_blocking};
use crate::limits::Limits;
use crate::private::Private;
use crate::program::Program;
use crate::{log, metrics};
use listener::Connections;
pub(crate) use load::{P2, handler, is_handler};
use requests::Server;
use site::Site;

#[derive(Debug, clap::Args)]
#[command(after_help = crate::exit::SERVE)]
pub(crate) struct Arguments {
    /// Plugin: a component that exports wasi:http/handler@0.3 or wasi:http/incoming-handler@0.2, or
    /// a Python file whose `app` is an application of ASGI or WSGI
    #[arg(value_name = "PLUGIN.wasm|FILE.py")]
    plugin: PathBuf,

    #[command(flatten)]
    options: Options,

    #[command(flatten)]
    limits: Limits,

    #[command(flatten)]
    databases: databases::Arguments,
}

/// The arguments after `cargo run --` in a package whose plugin handles requests.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo run --", about = "Serve HTTP requests with a plugin", after_help = crate::exit::SERVE)]
pub(crate) struct PackageArguments {
    #[command(flatten)]
    options: Options,

    #[command(flatten)]
    limits: Limits,
}

#[derive(Debug, clap::Args)]
struct Options {
    /// Listen at this address, IP:PORT; with port 0 a free port is selected. The address is printed
    /// to stderr
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = metrics::address)]
    addr: SocketAddr,

    /// Reload the plugin when its file changes, or another file of a Python plugin
    #[arg(long)]
    watch: bool,

    #[command(flatten)]
    environment: Environment,

    /// Serve Prometheus metrics at http://ADDR/metrics; ADDR is IP:PORT, and with port 0 a free
    /// port is selected and printed to stderr
    #[arg(long, value_name = "ADDR", value_parser = metrics::address)]
    metrics: Option<SocketAddr>,

    #[command(flatten)]
    requests: RequestLimits,
}

/// The limits of requests and of the instances that handle them.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Requests")]
struct RequestLimits {
    /// Limit the requests in progress; further requests are answered with 503 at once
    #[arg(long, value_name = "NUMBER", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_requests: u32,

    /// Limit the time of a request until the end of its response, in seconds; after that time it is
    /// answered with 504, or its response is cut
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    timeout: u32,

    /// Limit the body of a request, in MiB; larger requests are answered with 413
    #[arg(long, value_name = "MIB", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    max_body: u32,

    /// Set the number of requests that an instance of the plugin handles before a new one replaces
    /// it [default: 128, or 1 for wasi:http/incoming-handler@0.2]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    reuse: Option<u32>,

    /// Set the number of requests that an instance handles at the same time [default: 16, or 1 for
    /// plugins of WASI 0.2 and plugins with the blocking API]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: Option<u32>,

    /// Set the time in which requests in progress can finish after SIGTERM or SIGINT, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=86_400))]
    drain: u32,
}

impl RequestLimits {
    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout.into())
    }

    fn drain(&self) -> Duration {
        Duration::from_secs(self.drain.into())
    }

    /// Returns the maximum number of instances: for each request in progress, one that handles it,
    /// and one that is idle or ends.
    fn max_instances(&self) -> u32 {
        self.max_requests.saturating_mul(2)
    }

    fn max_body(&self) -> u64 {
        u64::from(self.max_body) << 20
    }
}

impl PackageArguments {
    /// Returns the arguments of a plugin with a private server to which `migrations` are applied.
    pub(crate) fn of_package(
        self,
        plugin: PathBuf,
        server: Option<ServerChoice>,
        migrations: Option<PathBuf>,
        limits: &Limits,
    ) -> Arguments {
        let databases = databases::Arguments::private(server, migrations);
        Arguments { plugin, options: self.options, limits: self.limits.or(limits), databases }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(Failure::host)?;
    let mut interrupts = Interrupts::listen_without_hangups(&runtime)?;
    let hangups = Hangups::listen(&runtime)?;
    let handle = runtime.handle().clone();
    let ready = runtime.block_on(until_interrupted_blocking(&mut interrupts, move || Ready::new(arguments, &handle)));
    let (outcome, server) = match ready {
        Ok(ready) => ready.run(&runtime, interrupts, hangups),
        Err(failure) => (Err(failure), None),
    };
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    // The private server stops after all connections to it.
    drop(server);
    outcome
}

/// A loaded plugin with its databases and the socket of its server.
struct Ready {
    listener: TcpListener,
    server: Arc<Server>,
    databases: Databases,
    watch: bool,
    drain: Duration,
}

impl Ready {
    fn new(arguments: Arguments, runtime: &Handle) -> Result<Self, Failure> {
        let Arguments { plugin: path, options, limits, databases } = arguments;
        let Options { addr, watch, environment, metrics, requests } = options;
        let file = path.display().to_string();
        environment.wasi().map_err(Failure::Host)?;
        // Before the server of the databases is started, which takes seconds.
        let listener = listener::bind(addr)?;
        let program = Program::of(path)?;
        let settings = program.limits(&limits).settings();
        let host = memory::host(requests.max_instances(), &settings)?;
        let loaded = load::load(&host, program.component()).map_err(|problem| Failure::Host(problem).of(&file))?;
        let reuse = reuse::Reuse::of(&loaded, &requests).map_err(Failure::Usage)?;
        if let Some(address) = metrics {
            metrics::serve(address, runtime)?;
        }
        let name = program.name();
        let databases = databases.with_migrations(program.migrations()).open(&name, loaded.uses_mysql, runtime)?;
        let site = Site::new(host, program, requests.clone(), settings, environment, &databases, (loaded, reuse));
        let server = Arc::new(Server::new(site, &name, &requests));
        Ok(Self { listener, server, databases, watch, drain: requests.drain() })
    }

    /// Serves until a signal arrives, and lets the requests in progress finish.
    fn run(
        self,
        runtime: &Runtime,
        interrupts: Interrupts,
        hangups: Hangups,
    ) -> (Result<(), Failure>, Option<Private>) {
        let Self { listener, server, databases, watch, drain } = self;
        let outcome = runtime.block_on(serve(listener, &server, interrupts, hangups, watch, drain));
        server.site().stop();
        let patience = match &outcome {
            Ok(deadline) => deadline.saturating_duration_since(Instant::now()).max(SHUTDOWN_TIMEOUT),
            Err(_) => SHUTDOWN_TIMEOUT,
        };
        runtime.block_on(databases.finish_within(patience));
        (outcome.map(|_| ()), databases.server)
    }
}

/// Serves until a signal arrives. Returns the deadline of the shutdown if all requests finished.
async fn serve(
    listener: TcpListener,
    server: &Arc<Server>,
    mut interrupts: Interrupts,
    mut hangups: Hangups,
    watch: bool,
    drain: Duration,
) -> Result<Instant, Failure> {
    let connections = Connections::new(listener, Arc::clone(server))?;
    log::print(&format!("serving {} at http://{}", server.site().file(), connections.address()));
    let changed = Arc::new(Notify::new());
    tokio::spawn(reload::on_request(Arc::clone(server), Arc::clone(&changed)));
    if watch {
        tokio::spawn(reload::watch(server.site().source().to_owned(), Arc::clone(&changed)));
    }
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(connections.serve(stopped, drain));
    let code = loop {
        tokio::select! {
            code = interrupts.next() => break code,
            () = hangups.next() => changed.notify_one(),
        }
    };
    let deadline = Instant::now() + drain;
    stop.send_replace(true);
    tokio::select! {
        finished = serving => match finished {
            Ok(true) => Ok(deadline),
            _ => Err(Failure::Interrupted(code)),
        },
        // A second signal.
        code = interrupts.next() => Err(Failure::Interrupted(code)),
    }
}
