//! Loads, compiles and links plugins, and runs them as commands.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Cache, Config, Engine, InstanceAllocationStrategy, Store, Trap};
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView, p2, p3};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};
use wasmysql_host::{LimitExceeded, StoreSettings, Ticker, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

use crate::binary;
use crate::entry::Entry;
use crate::exit::Failure;
use crate::imports;
use crate::limits::{self, Limits};
use crate::log;
use crate::outgoing::NoOutgoingRequests;

/// The time of a compilation after which it is announced.
const LONG: Duration = Duration::from_secs(1);

/// The stack of a plugin's functions, in bytes. Interpreters refuse a recursion that is too deep,
/// but with the default of wasmtime, 512 KiB, the plugin traps before.
const WASM_STACK: usize = 2 << 20;

/// The stack of a plugin's functions and of the host functions that they call, in bytes. Only its
/// used part takes memory.
const STACK: usize = WASM_STACK + (2 << 20);

/// The advice for exports that are not async but call functions that wait.
pub(crate) const USE_BLOCKING: &str = "exports that are not async must use wasmysql:mysql/blocking-imports \
                            (in Rust: wasmysql::blocking)";

/// A file with a component.
#[derive(Debug, Clone)]
pub(crate) struct ComponentFile {
    pub(crate) path: PathBuf,
    /// The name in messages.
    pub(crate) name: String,
}

impl ComponentFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path, name }
    }
}

/// The engine of all plugins of this process, its clock, and the functions of the host.
pub(crate) struct Host {
    linker: Linker<State>,
    _ticker: Ticker,
}

/// A plugin that is ready to run.
pub(crate) struct Plugin {
    instance: InstancePre<State>,
    entries: Vec<Entry>,
    settings: StoreSettings,
    _host: Host,
}

/// The outcome of a run.
#[derive(Debug)]
pub(crate) enum End {
    Success,
    /// The plugin returned an error, which it has already printed.
    Error,
    /// The plugin exited with this code, which is not 0.
    Exit(u8),
    /// The plugin trapped for this reason.
    Trap(String),
}

/// The data of a plugin's store, which the host functions use.
pub(crate) struct State {
    pub(crate) wasi: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) mysql: WasmysqlCtx,
    http: WasiHttpCtx,
    outgoing: NoOutgoingRequests,
}

impl State {
    pub(crate) fn new(wasi: WasiCtx, mysql: WasmysqlCtx) -> Self {
        Self { wasi, table: ResourceTable::new(), mysql, http: WasiHttpCtx::new(), outgoing: NoOutgoingRequests }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasmysqlView for State {
    fn wasmysql(&mut self) -> WasmysqlCtxView<'_> {
        WasmysqlCtxView { ctx: &mut self.mysql, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outgoing }
    }
}

impl Host {
    pub(crate) fn new() -> Result<Self, Failure> {
        Self::with_memory(InstanceAllocationStrategy::OnDemand)
    }

    /// Creates a host whose instances get their memory in this way.
    pub(crate) fn with_memory(strategy: InstanceAllocationStrategy) -> Result<Self, Failure> {
        let engine = engine(strategy).map_err(|error| Failure::Host(format!("{error:#}")))?;
        let linker = linker(&engine).map_err(|error| Failure::Host(format!("{error:#}")))?;
        let ticker = StoreSettings::ticker(&engine);
        Ok(Self { linker, _ticker: ticker })
    }

    /// Reads a file, and compiles the component in it.
    pub(crate) fn compile(&self, file: &ComponentFile) -> Result<Component, String> {
        let bytes = fs::read(&file.path).map_err(|error| error.to_string())?;
        let missing = imports::missing(&binary::names(&bytes).unwrap_or_default().imports);
        if !missing.is_empty() {
            return Err(missing.join("\n"));
        }
        let _notice = Notice::of(file.name.clone());
        compile(self.linker.engine(), &bytes)
    }

    /// Links a component, or explains why it can't be linked.
    pub(crate) fn link(&self, component: &Component) -> Result<InstancePre<State>, String> {
        self.linker.instantiate_pre(component).map_err(|error| {
            let ty = component.component_type();
            imports::explain(ty.imports(component.engine()).map(|(name, _)| name), &format!("{error:#}"))
        })
    }
}

/// Prints that a plugin is being compiled, unless it is dropped within a second.
struct Notice(#[expect(dead_code, reason = "its drop ends the wait")] mpsc::Sender<()>);

impl Notice {
    fn of(name: String) -> Self {
        let (compiled, waiting) = mpsc::channel();
        thread::spawn(move || {
            if waiting.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
                log::print(&format!("compiling {name} ..."));
            }
        });
        Self(compiled)
    }
}

impl Plugin {
    /// Reads a file, and compiles and links the component in it. The limits apply to each run.
    pub(crate) fn load(file: &ComponentFile, limits: &Limits) -> Result<Self, Failure> {
        let host = Host::new()?;
        let load = || {
            let component = host.compile(file)?;
            let entries = Entry::of(&component)?;
            Ok((host.link(&component)?, entries))
        };
        let (instance, entries) = load().map_err(|problem: String| Failure::Host(problem).of(&file.path.display()))?;
        Ok(Self { instance, entries, settings: limits.settings(), _host: host })
    }

    /// Returns the entries that the component exports, the newest version first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns whether the component imports `wasmysql:mysql`.
    pub(crate) fn uses_mysql(&self) -> bool {
        imports::uses_mysql(self.instance.component())
    }

    /// Runs a new instance to completion.
    pub(crate) async fn run(&self, entry: Entry, state: State) -> End {
        let mut store = Store::new(self.instance.component().engine(), state);
        let meter = match self.settings.apply(&mut store) {
            Ok(meter) => meter,
            Err(error) => return End::Trap(reason_first(&error)),
        };
        match meter.run(entry.call(&mut store, &self.instance)).await {
            Ok(Ok(())) => End::Success,
            Ok(Err(())) => End::Error,
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(I32Exit(0)) => End::Success,
                Some(I32Exit(code)) => End::Exit(u8::try_from(*code).unwrap_or(1)),
                None => End::Trap(reason_first(&error)),
            },
        }
    }
}

/// Formats a trap: its reason, its location, and advice if there is any.
pub(crate) fn reason_first(error: &wasmtime::Error) -> String {
    let mut messages: Vec<String> = error.chain().map(ToString::to_string).collect();
    messages.reverse();
    if let Some(Trap::CannotBlockSyncTask) = error.downcast_ref() {
        messages.push(USE_BLOCKING.to_owned());
    }
    if let Some(LimitExceeded { limit, .. }) = error.downcast_ref()
        && let Some(option) = limits::option(*limit)
    {
        messages.push(format!("raise the limit with {option}"));
    }
    messages.join("\n")
}

/// Compiles a component, or explains why these bytes are not a component.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> Result<Component, String> {
    if let Some(problem) = not_a_component(bytes) {
        return Err(problem.to_owned());
    }
    Component::new(engine, bytes).map_err(|error| {
        let error = format!("{error:#}");
        // Reserved memory has a fixed size, so wasmtime compares before there is an instance.
        let advice = match error.contains("minimum byte size") {
            true => "; raise the limit with --max-memory",
            false => "",
        };
        format!("it can't be compiled: {error}{advice}")
    })
}

pub(crate) fn engine(strategy: InstanceAllocationStrategy) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    config.allocation_strategy(strategy).max_wasm_stack(WASM_STACK).async_stack_size(STACK);
    match Cache::from_file(None) {
        Ok(cache) => {
            config.cache(Some(cache));
        }
        Err(error) => tracing::warn!("can't open the cache, so compiled plugins are not cached: {error:#}"),
    }
    Engine::new(&config)
}

pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    // Rust's standard library imports WASI 0.2, even in programs that export 0.3.
    p2::add_to_linker_async(&mut linker)?;
    p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    Ok(linker)
}

fn not_a_component(bytes: &[u8]) -> Option<&'static str> {
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 1, 0]) => None,
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Some(
            "it is a core WebAssembly module, not a component; in Rust, build it with cargo build --target \
             wasm32-wasip2, and in other languages, make a component of it with wasm-tools component new",
        ),
        _ => Some(
            "it is not WebAssembly; a plugin is a component, in Rust built with cargo build --target wasm32-wasip2, or a \
             Python file",
        ),
    }
}
