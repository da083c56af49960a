//! A host and a plugin with a custom world. The host calls a function with arguments and gets a
//! typed result.

use std::error::Error;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2};
use wasmysql_host::{Database, Grant, Statements, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};
use wasmysql_tests::Schema;

use crate::programs;

mod bindings {
    wasmtime::component::bindgen!({
        path: "../guest/templates/world/wit",
        world: "plugin",
        with: { "wasmysql:mysql": wasmysql_host::bindings },
        require_store_data_send: true,
        exports: { default: async | store },
    });
}

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

/// Instantiates the plugin in a store of its own, as its README shows.
async fn plugin(mysql: WasmysqlCtx) -> wasmtime::Result<(Store<State>, bindings::Plugin)> {
    let engine = Engine::default();
    let mut linker = Linker::<State>::new(&engine);
    p2::add_to_linker_async(&mut linker)?;
    wasmysql_host::add_to_linker(&mut linker)?;
    let component = Component::from_file(&engine, programs::WASMYSQL_TEMPLATE_WORLD)?;
    let mut store = Store::new(&engine, State { wasi: WasiCtx::default(), table: ResourceTable::new(), mysql });
    let plugin = bindings::Plugin::instantiate_async(&mut store, &component, &linker).await?;
    Ok((store, plugin))
}

#[tokio::test(flavor = "multi_thread")]
async fn host_calls_plugin_with_arguments_and_typed_result() -> Result<(), Box<dyn Error>> {
    let mut schema = Schema::new().await;
    for sql in
        include_str!("../../guest/templates/world/migrations/0001_create_flights.sql").split(";\n").map(str::trim)
    {
        if !sql.is_empty() {
            schema.run(sql).await;
        }
    }
    let database = Database::new(schema.options())?;
    let mysql = WasmysqlCtx::builder().database("main", &database, Grant::new(Statements::Read)).build();
    let (mut store, plugin) = plugin(mysql).await?;

    let summary = store.run_concurrent(async |store| plugin.call_report(store, "UA".to_owned()).await).await??;
    assert!(summary.is_ok_and(|united| (united.flights, united.mean_delay) == (3, Some(2.5))));

    // Two concurrent calls in one instance.
    let (united, american) = store
        .run_concurrent(async |store| {
            let report = |carrier: &str| plugin.call_report(store, carrier.to_owned());
            futures::join!(report("UA"), report("AA"))
        })
        .await?;
    assert!(united?.is_ok_and(|united| united.flights == 3));
    assert!(american?.is_ok_and(|american| (american.flights, american.mean_delay) == (1, Some(0.0))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn plugin_failure_is_a_typed_error() -> Result<(), Box<dyn Error>> {
    let (mut store, plugin) = plugin(WasmysqlCtx::default()).await?;
    let answer = store.run_concurrent(async |store| plugin.call_report(store, "UA".to_owned()).await).await??;
    assert!(answer.is_err_and(|message| message.contains("no database named 'main'")));
    Ok(())
}

#[test]
fn template_readme_shows_this_host() {
    let readme = include_str!("../../guest/templates/world/README.md");
    let this = include_str!("own_world.rs");
    let code = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).expect("code");
    for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let here = line
            .replace("\"wit\"", "\"../guest/templates/world/wit\"")
            .replace("\"plugin.wasm\"", "programs::WASMYSQL_TEMPLATE_WORLD")
            .replace("DatabaseOptions::from_url(\"mysql://app:secret@db.example/shop\")?", "schema.options()");
        assert!(
            this.lines().any(|own| own.trim() == here),
            "guest/templates/world/README.md has a line that this host lacks: {line}"
        );
    }
}
