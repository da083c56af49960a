//! The guest side: an embedder's host, with the pooling allocator.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result, Store, format_err};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::p3::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

use crate::server::Server;

pub(crate) struct Host {
    engine: Engine,
    linker: Linker<State>,
    database: Database,
    programs: Mutex<HashMap<&'static str, InstancePre<State>>>,
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

impl Host {
    pub(crate) fn new(server: &Server) -> Result<Host> {
        let mut config = Config::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::default()));
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmysql_host::add_to_linker(&mut linker)?;
        let database = Database::new(DatabaseOptions::from_url(&server.url())?)?;
        Ok(Host { engine, linker, database, programs: Mutex::default() })
    }

    /// Runs a program to its end, and returns what it printed.
    pub(crate) async fn run(self: Arc<Self>, program: &'static str, arguments: Vec<String>) -> Result<String> {
        let instance = self.program(program)?;
        let printed = MemoryOutputPipe::new(4096);
        let mut wasi = WasiCtx::builder();
        wasi.arg("bench").args(&arguments).stdout(printed.clone()).inherit_stderr();
        let mut store = self.store(wasi.build());
        let instance = instance.instantiate_async(&mut store).await?;
        let command = Command::new(&mut store, &instance)?;
        store
            .run_concurrent(async |store| command.wasi_cli_run().call_run(store).await)
            .await??
            .map_err(|()| format_err!("{program} failed"))?;
        Ok(String::from_utf8(printed.contents().into())?)
    }

    /// Makes a store and an instance in it, and drops both.
    pub(crate) async fn instantiate(&self, program: &'static str) -> Result<()> {
        let instance = self.program(program)?;
        let mut store = self.store(WasiCtx::builder().build());
        instance.instantiate_async(&mut store).await?;
        Ok(())
    }

    fn store(&self, wasi: WasiCtx) -> Store<State> {
        let mysql = WasmysqlCtx::builder().database("main", &self.database, Grant::new(Statements::Read)).build();
        Store::new(&self.engine, State { wasi, table: ResourceTable::new(), mysql })
    }

    fn program(&self, path: &'static str) -> Result<InstancePre<State>> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = programs.get(path) {
            return Ok(program.clone());
        }
        let component = Component::from_file(&self.engine, path).with_context(|| format!("loading {path}"))?;
        let program = self.linker.instantiate_pre(&component)?;
        programs.insert(path, program.clone());
        Ok(program)
    }
}
