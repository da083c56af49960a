//! A plugin: loaded, compiled, linked and called.

use std::fs;
use std::path::Path;

use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Cache, Config, Engine, Store, Trap};
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView, p2, p3};
use wasmysql_host::{LimitExceeded, StoreSettings, Ticker, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

use crate::entry::Entry;
use crate::exit::Failure;
use crate::imports;
use crate::limits::{self, Limits};

/// What to do about a call that waits, of an export that can't.
pub(crate) const USE_BLOCKING: &str = "an export that is not async has to use wasmysql:mysql/blocking-imports; \
                            in Rust: wasmysql::blocking";

/// A plugin, ready to be run.
pub(crate) struct Plugin {
    instance: InstancePre<State>,
    entries: Vec<Entry>,
    settings: StoreSettings,
    _ticker: Ticker,
}

/// How a plugin ended.
#[derive(Debug)]
pub(crate) enum End {
    Success,
    /// It returned an error, of which it has told already.
    Error,
    /// It exited with a code of its own, which is not 0.
    Exit(u8),
    /// It was stopped for what it did, with the reason.
    Trap(String),
}

/// What the host functions find in a plugin's store.
pub(crate) struct State {
    pub(crate) wasi: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) mysql: WasmysqlCtx,
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

impl Plugin {
    /// Reads a file, and compiles and links the component in it. Each run of it has these limits.
    pub(crate) fn load(path: &Path, limits: &Limits) -> Result<Self, Failure> {
        let (instance, entries) =
            link(path).map_err(|problem| Failure::Host(format!("{}: {problem}", path.display())))?;
        let ticker = StoreSettings::ticker(instance.component().engine());
        Ok(Self { instance, entries, settings: limits.settings(), _ticker: ticker })
    }

    /// What it can be run by, the newest first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether it can use a database at all.
    pub(crate) fn uses_mysql(&self) -> bool {
        let component = self.instance.component();
        component.component_type().imports(component.engine()).any(|(name, _)| name.starts_with("wasmysql:mysql/"))
    }

    /// Runs an instance of it to its end.
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

/// The reason of a trap, then where it happened, and what to do about it where that is known.
fn reason_first(error: &wasmtime::Error) -> String {
    let mut messages: Vec<String> = error.chain().map(ToString::to_string).collect();
    messages.reverse();
    if let Some(Trap::CannotBlockSyncTask) = error.downcast_ref() {
        messages.push(USE_BLOCKING.to_owned());
    }
    if let Some(LimitExceeded { limit, .. }) = error.downcast_ref()
        && let Some(option) = limits::option(*limit)
    {
        messages.push(format!("{option} gives it more"));
    }
    messages.join("\n")
}

fn link(path: &Path) -> Result<(InstancePre<State>, Vec<Entry>), String> {
    let engine = engine().map_err(|error| format!("{error:#}"))?;
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let component = compile(&engine, &bytes)?;
    let entries = Entry::of(&component)?;

    let linker = linker(&engine).map_err(|error| format!("{error:#}"))?;
    let instance = linker.instantiate_pre(&component).map_err(|error| {
        let ty = component.component_type();
        imports::explain(ty.imports(&engine).map(|(name, _)| name), &format!("{error:#}"))
    })?;
    Ok((instance, entries))
}

/// Compiles a component, or tells why these bytes are none.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> Result<Component, String> {
    if let Some(problem) = not_a_component(bytes) {
        return Err(problem.to_owned());
    }
    Component::new(engine, bytes).map_err(|error| format!("it can't be compiled: {error:#}"))
}

pub(crate) fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    match Cache::from_file(None) {
        Ok(cache) => {
            config.cache(Some(cache));
        }
        Err(error) => tracing::warn!("compiled plugins are not cached: {error:#}"),
    }
    Engine::new(&config)
}

pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    // Programs in Rust import WASI 0.2 through their standard library, also when they export 0.3.
    p2::add_to_linker_async(&mut linker)?;
    p3::add_to_linker(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    Ok(linker)
}

fn not_a_component(bytes: &[u8]) -> Option<&'static str> {
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 1, 0]) => None,
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Some(
            "it is a core WebAssembly module, not a component; build it for a target that makes components: \
             cargo build --target wasm32-wasip2",
        ),
        _ => Some("it is not WebAssembly; a plugin is a component, as made by cargo build --target wasm32-wasip2"),
    }
}
