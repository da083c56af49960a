//! Shows a host with many plugins of one typed world. They are untrusted, and run at the same time.
//!
//! - `bindgen!` generates a typed function from the world of the plugins.
//! - Each plugin has its own grant: one may write, the others only read.
//! - Limits of memory and CPU time, and a timeout, stop plugins that misbehave.
//! - A plugin that traps or fails does not affect the others. Its connections are closed.
//!
//! The plugins are components of `wasmysql new --world`. Their file names are their names. Those
//! that begin with `trusted` may write:
//!
//! ```console
//! $ cargo run --example plugins -- mysql://app:secret@127.0.0.1/shop trusted.wasm other.wasm
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, StoreSettings};
use wasmysql_host::{LimitExceeded, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../guest/templates/world/wit",
        world: "plugin",
        with: { "wasmysql:mysql": wasmysql_host::bindings },
        require_store_data_send: true,
        exports: { default: async | store },
    });
}

/// The time of a call, including the time that the plugin waits.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The data of a store.
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    mysql: WasmysqlCtx,
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

/// A plugin with its grant.
struct Plugin {
    name: String,
    instance: bindings::PluginPre<State>,
    grant: Grant,
}

/// The engine and the functions of the host, for all plugins.
fn linker() -> wasmtime::Result<Linker<State>> {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let mut linker = Linker::new(&Engine::new(&config)?);
    p2::add_to_linker_async(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    Ok(linker)
}

impl Plugin {
    /// Compiles and links a plugin once, for all its calls.
    fn load(linker: &Linker<State>, path: &Path) -> wasmtime::Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let component = Component::from_file(linker.engine(), path)?;
        let instance = bindings::PluginPre::new(linker.instantiate_pre(&component)?)?;
        let statements = if name.starts_with("trusted") { Statements::Dml } else { Statements::Read };
        let grant = Grant::new(statements).max_connections(2).statement_timeout(Duration::from_secs(1));
        Ok(Self { name, instance, grant })
    }

    /// Calls the plugin in a store of its own. The error is the reason of the failure.
    async fn report(&self, database: &Database, carrier: &str) -> Result<String, String> {
        match timeout(TIMEOUT, self.call(database, carrier)).await {
            Ok(Ok(summary)) => {
                let summary = summary?;
                Ok(format!("{} flights, mean delay {:?}", summary.flights, summary.mean_delay))
            }
            Ok(Err(error)) => Err(explain(&error)),
            Err(_) => Err(format!("it did not end within {} s", TIMEOUT.as_secs())),
        }
    }

    async fn call(&self, database: &Database, carrier: &str) -> wasmtime::Result<Result<bindings::Summary, String>> {
        let mysql = WasmysqlCtx::builder().guest(&self.name).database("main", database, self.grant.clone()).build();
        let state = State { wasi: WasiCtx::default(), table: ResourceTable::new(), mysql };
        let mut store = Store::new(self.instance.engine(), state);
        let limits = StoreSettings::default().memory_bytes(16 << 20).cpu_time(Duration::from_millis(500));
        let meter = limits.apply(&mut store)?;
        let call = async {
            let plugin = self.instance.instantiate_async(&mut store).await?;
            store.run_concurrent(async |store| plugin.call_report(store, carrier.to_owned()).await).await?
        };
        meter.run(call).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: plugins URL PLUGIN.wasm...")?;
    let linker = linker()?;
    let _ticker = StoreSettings::ticker(linker.engine());
    let database = Database::new(DatabaseOptions::from_url(&url)?)?;

    let mut running = JoinSet::new();
    for path in arguments.map(PathBuf::from) {
        // A file that can't be used does not affect the other plugins either.
        let plugin = match Plugin::load(&linker, &path) {
            Ok(plugin) => plugin,
            Err(error) => {
                println!("{} can't be loaded: {}", path.display(), explain(&error));
                continue;
            }
        };
        let database = database.clone();
        running.spawn(async move {
            let report = plugin.report(&database, "UA").await;
            (plugin.name, report)
        });
    }
    while let Some(ended) = running.join_next().await {
        let (name, report) = ended?;
        match report {
            Ok(report) => println!("{name}: {report}"),
            Err(error) => println!("{name} failed: {error}"),
        }
    }
    database.shutdown(Duration::from_secs(5)).await;
    Ok(())
}

/// Returns the reason of a failure: an exceeded limit, or the innermost cause.
fn explain(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<LimitExceeded>() {
        Some(exceeded) => exceeded.to_string(),
        None => error.root_cause().to_string(),
    }
}
