use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, StoreSettings, Ticker};
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

/// Creates the engine and the ticker that interrupts its guests. Call it once per process.
pub fn engine() -> wasmtime::Result<(Engine, Ticker)> {
    let mut config = Config::new();
    StoreSettings::configure(&mut config);
    let engine = Engine::new(&config)?;
    let ticker = StoreSettings::ticker(&engine);
    Ok((engine, ticker))
}

/// Creates the linker and a database with its pool. Call it once per process.
pub fn host(engine: &Engine, url: &str) -> Result<(Linker<State>, Database), Box<dyn std::error::Error>> {
    let mut linker = Linker::new(engine);
    wasmysql_host::add_to_linker(&mut linker)?;
    Ok((linker, Database::new(DatabaseOptions::from_url(url)?)?))
}

/// Runs one guest in its own store, with a grant and the default limits of memory, handles and CPU
/// time (10 s).
pub async fn run(linker: &Linker<State>, guest: &Component, shop: &Database) -> wasmtime::Result<()> {
    let mysql = WasmysqlCtx::builder().database("main", shop, Grant::new(Statements::Read)).build();
    let mut store = Store::new(linker.engine(), State { table: ResourceTable::new(), mysql });
    let meter = StoreSettings::default().apply(&mut store)?;
    let call = async {
        let instance = linker.instantiate_async(&mut store, guest).await?;
        instance.get_typed_func::<(), ()>(&mut store, "report")?.call_async(&mut store, ()).await
    };
    meter.run(call).await
}
