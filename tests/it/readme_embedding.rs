use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_host::{WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

pub struct State {
    table: ResourceTable,
    mysql: WasmysqlCtx,
}

impl WasmysqlView for State {
    fn wasmysql(&mut self) -> WasmysqlCtxView<'_> {
        WasmysqlCtxView { ctx: &mut self.mysql, table: &mut self.table }
    }
}

/// Once a process: the linker, and a database with its pool.
pub fn host(engine: &Engine, url: &str) -> Result<(Linker<State>, Database), Box<dyn std::error::Error>> {
    let mut linker = Linker::new(engine);
    wasmysql_host::add_to_linker(&mut linker)?;
    Ok((linker, Database::new(DatabaseOptions::from_url(url)?)?))
}

/// Once a guest: a store, and what its guest may do.
pub fn store(engine: &Engine, shop: &Database) -> Store<State> {
    let mysql = WasmysqlCtx::builder().database("main", shop, Grant::new(Statements::Read)).build();
    Store::new(engine, State { table: ResourceTable::new(), mysql })
}
