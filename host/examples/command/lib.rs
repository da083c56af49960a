//! The part of a host that several examples share: it runs a plugin that is a command. `embed.rs`
//! shows the same with explanations.
//!
//! A crate of its own, because each program that links WASI for its own store takes a minute to
//! compile.

#![deny(missing_docs)]

use std::error::Error;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2, p3};
use wasmysql_host::{StoreSettings, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

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

/// Runs a plugin with its arguments and its databases.
///
/// # Errors
///
/// If the component can't be loaded, traps, exceeds a limit or reports a failure.
pub async fn run(plugin: &str, arguments: &[String], mysql: WasmysqlCtx) -> Result<(), Box<dyn Error>> {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config)?;
    let _ticker = StoreSettings::ticker(&engine);
    let mut linker = Linker::<State>::new(&engine);
    p2::add_to_linker_async(&mut linker)?;
    p3::add_to_linker(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    let component = Component::from_file(&engine, plugin)?;
    let wasi = WasiCtx::builder().inherit_stdout().inherit_stderr().arg(plugin).args(arguments).build();
    let mut store = Store::new(&engine, State { wasi, table: ResourceTable::new(), mysql });
    let meter = StoreSettings::default().apply(&mut store)?;
    let run = async {
        let command = p3::bindings::Command::instantiate_async(&mut store, &component, &linker).await?;
        store.run_concurrent(async |store| command.wasi_cli_run().call_run(store).await).await?
    };
    meter.run(run).await?.map_err(|()| "the plugin failed".into())
}
