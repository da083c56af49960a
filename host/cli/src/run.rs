//! `wasmysql run`.

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{FsPerms, WasiCtx};

use crate::databases::{self, assignment};
use crate::exit::Failure;
use crate::plugin::{Plugin, State};

/// How long tasks have to give back what they hold. What takes longer ends with the process.
const SHUTDOWN_PATIENCE: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Args)]
#[command(after_help = crate::exit::HELP)]
pub(crate) struct Arguments {
    /// The plugin: a component that exports wasi:cli/run@0.3 or @0.2
    #[arg(value_name = "PLUGIN.wasm")]
    plugin: PathBuf,

    /// Arguments for the plugin
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,

    /// Give the plugin a directory of this machine, to read and to write
    #[arg(long, value_name = "HOST[::GUEST]", value_parser = directory)]
    dir: Vec<(String, String)>,

    /// Set an environment variable for the plugin; it sees no others
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    env: Vec<(String, String)>,

    #[command(flatten)]
    databases: databases::Arguments,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let wasi = wasi(&arguments)?;
    let name = arguments.plugin.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Until signals are listened to, one ends this process at once. A private server notices, also while it starts.
    let plugin = Plugin::load(arguments.plugin)?;
    let databases = arguments.databases.open(&name)?;
    let runtime = Runtime::new().map_err(Failure::host)?;
    let state = State { wasi, table: ResourceTable::new(), mysql: databases.context };
    let outcome = runtime.block_on(run_until_interrupted(plugin, state));
    // A thread may still wait for input, or run a plugin that never waits. Connections end before their server does.
    runtime.shutdown_timeout(SHUTDOWN_PATIENCE);
    drop(databases.server);
    outcome
}

async fn run_until_interrupted(plugin: Plugin, state: State) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen()?;
    // On a thread of its own: a plugin that computes does not keep a signal waiting.
    let mut guest = JoinSet::new();
    guest.spawn(plugin.run(state));
    tokio::select! {
        code = interrupts.next() => Err(Failure::Interrupted(code)),
        Some(joined) = guest.join_next() => joined.unwrap_or_else(|error| Err(Failure::host(error))),
    }
}

fn wasi(arguments: &Arguments) -> Result<WasiCtx, Failure> {
    let mut wasi = WasiCtx::builder();
    wasi.inherit_stdio().envs(&arguments.env);
    wasi.arg(arguments.plugin.file_name().unwrap_or_default().to_string_lossy());
    wasi.args(&arguments.arguments);
    for (host, guest) in &arguments.dir {
        wasi.preopened_dir(host, guest, FsPerms::ReadWrite)
            .map_err(|error| Failure::Host(format!("--dir {host}: {error:#}")))?;
    }
    Ok(wasi.build())
}

/// `HOST::GUEST`, or one path for both.
fn directory(text: &str) -> Result<(String, String), String> {
    match text.split_once("::") {
        _ if text.is_empty() => Err("expected HOST::GUEST".to_owned()),
        Some(("", _) | (_, "")) => Err("expected HOST::GUEST".to_owned()),
        Some((host, guest)) => Ok((host.to_owned(), guest.to_owned())),
        None => Ok((text.to_owned(), text.to_owned())),
    }
}

/// The signals that ask this process to end.
struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::Host(format!("can't listen for signals: {error}")));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits for one, and gives the exit code that tells of it.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}
