//! Shows the smallest host: it runs a plugin that is a command, with one database.
//!
//! - The engine, the linker and the database are created once per process.
//! - Each run has its own store, with the default limits of memory and CPU time.
//! - The plugin opens the database as `main`. It never receives the URL.
//!
//! The plugin is a component of `wasmysql new`. Further arguments are those of the plugin:
//!
//! ```console
//! $ cargo run --example embed -- visits.wasm mysql://app:secret@127.0.0.1/shop
//! ```

use std::error::Error;
use std::time::Duration;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2, p3};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, StoreSettings};
use wasmysql_host::{WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

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

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plugin), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: embed PLUGIN.wasm URL [ARGUMENTS]".into());
    };

    // Once per process.
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config)?;
    let _ticker = StoreSettings::ticker(&engine);
    let mut linker = Linker::<State>::new(&engine);
    // Rust's standard library imports WASI 0.2.
    p2::add_to_linker_async(&mut linker)?;
    p3::add_to_linker(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    let component = Component::from_file(&engine, &plugin)?;
    let database = Database::new(DatabaseOptions::from_url(&url)?)?;

    // Once per run.
    let mysql = WasmysqlCtx::builder().guest("visits").database("main", &database, Grant::new(Statements::Dml));
    let wasi =
        WasiCtx::builder().inherit_stdout().inherit_stderr().arg(&plugin).args(&arguments.collect::<Vec<_>>()).build();
    let mut store = Store::new(&engine, State { wasi, table: ResourceTable::new(), mysql: mysql.build() });
    let meter = StoreSettings::default().apply(&mut store)?;
    let run = async {
        let command = p3::bindings::Command::instantiate_async(&mut store, &component, &linker).await?;
        store.run_concurrent(async |store| command.wasi_cli_run().call_run(store).await).await?
    };
    let outcome = meter.run(run).await?;

    // Dropping the store closes the connections of the plugin.
    drop(store);
    database.shutdown(Duration::from_secs(5)).await;
    outcome.map_err(|()| "the plugin failed".into())
}
