//! The guest side: a host with the pooling allocator, as an embedder would write it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wasmtime::component::{Component, Instance, InstancePre, Linker, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter, Result, Store, format_err,
};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView, p2, p3};
use wasmysql_host::{Database, Grant, Statements, WasmysqlCtx, WasmysqlCtxBuilder, WasmysqlCtxView, WasmysqlView};

/// The variable with the folder of the programs. `cargo xtask bench` builds the programs and sets
/// it.
const PROGRAMS: &str = "WASMYSQL_BENCH_PROGRAMS";

pub(crate) struct Host {
    engine: Engine,
    linker: Linker<State>,
    folder: PathBuf,
    programs: Mutex<HashMap<&'static str, Program>>,
}

#[derive(Clone)]
struct Program {
    instance: InstancePre<State>,
    /// Whether the program exports the WASI 0.3 entry. A program without `async` exports that of
    /// WASI 0.2.
    asynchronous: bool,
}

/// The data of a guest's store.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    mysql: WasmysqlCtx,
    memory: LinearMemory,
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

/// A program with its arguments and its context, if it has a database.
#[derive(Clone)]
pub(crate) struct Guest {
    host: Arc<Host>,
    program: &'static str,
    arguments: Vec<String>,
    context: Option<WasmysqlCtxBuilder>,
}

/// The result of a guest.
pub(crate) struct Ended {
    pub(crate) printed: String,
    /// The peak size of the linear memory.
    pub(crate) memory_mib: f64,
}

impl Host {
    pub(crate) fn new() -> Result<Host> {
        let folder = std::env::var_os(PROGRAMS).with_context(|| {
            format!("{PROGRAMS} is not set; run `cargo xtask bench`, which builds the programs and sets it")
        })?;
        // Room for 600 concurrent instances: a Rust component has about ten core instances, most of
        // them for its imports.
        let mut pooling = PoolingAllocationConfig::default();
        pooling.total_core_instances(10_000).total_tables(5_000);
        let mut config = Config::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling));
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        p2::add_to_linker_async(&mut linker)?;
        p3::add_to_linker(&mut linker)?;
        wasmysql_host::add_to_linker(&mut linker)?;
        Ok(Host { engine, linker, folder: folder.into(), programs: Mutex::default() })
    }

    /// Returns a program with a database.
    pub(crate) fn guest(self: &Arc<Self>, program: &'static str, database: &Database) -> Guest {
        Guest { context: Some(context(database, grant())), ..self.networked(program) }
    }

    /// Returns a program with network access and without a database.
    pub(crate) fn networked(self: &Arc<Self>, program: &'static str) -> Guest {
        Guest { host: Arc::clone(self), program, arguments: Vec::new(), context: None }
    }

    /// Returns the size of a program in bytes.
    pub(crate) fn size(&self, program: &'static str) -> Result<u64> {
        let path = self.path(program);
        Ok(path.metadata().with_context(|| format!("reading {}", path.display()))?.len())
    }

    /// Creates a store with an instance.
    pub(crate) async fn instantiate(
        &self,
        program: &'static str,
        database: &Database,
    ) -> Result<(Store<State>, Instance)> {
        let program = self.program(program)?;
        let wasi = WasiCtx::builder().inherit_stderr().build();
        let mut store = Store::new(&self.engine, State::new(wasi, context(database, grant())));
        let instance = program.instance.instantiate_async(&mut store).await?;
        Ok((store, instance))
    }

    fn program(&self, name: &'static str) -> Result<Program> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = programs.get(name) {
            return Ok(program.clone());
        }
        let path = self.path(name);
        let component =
            Component::from_file(&self.engine, &path).with_context(|| format!("loading {}", path.display()))?;
        let asynchronous = component.get_export_index(None, "wasi:cli/run@0.3.0").is_some();
        let program = Program { instance: self.linker.instantiate_pre(&component)?, asynchronous };
        programs.insert(name, program.clone());
        Ok(program)
    }

    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program).with_extension("wasm")
    }
}

impl State {
    fn new(wasi: WasiCtx, context: WasmysqlCtxBuilder) -> State {
        State { wasi, table: ResourceTable::new(), mysql: context.build(), memory: LinearMemory::default() }
    }
}

/// Returns a grant of the size of the largest pool, and with a timeout for the longest queue, so
/// that only the pool limits guests.
pub(crate) fn grant() -> Grant {
    Grant::new(Statements::Dml).max_connections(64).acquire_timeout(Duration::from_secs(60))
}

/// Returns the context of a guest with a database.
pub(crate) fn context(database: &Database, grant: Grant) -> WasmysqlCtxBuilder {
    WasmysqlCtx::builder().guest("bench").database("main", database, grant)
}

impl Guest {
    pub(crate) fn arg(mut self, argument: impl ToString) -> Guest {
        self.arguments.push(argument.to_string());
        self
    }

    /// Replaces the context.
    pub(crate) fn context(mut self, context: WasmysqlCtxBuilder) -> Guest {
        self.context = Some(context);
        self
    }

    /// Runs the guest to its end and returns its output.
    pub(crate) async fn printed(self) -> Result<String> {
        Ok(self.run().await?.printed)
    }

    pub(crate) async fn run(self) -> Result<Ended> {
        let program = self.host.program(self.program)?;
        let printed = MemoryOutputPipe::new(4096);
        let mut wasi = WasiCtx::builder();
        wasi.arg(self.program).args(&self.arguments).stdout(printed.clone()).inherit_stderr();
        if self.context.is_none() {
            wasi.inherit_network().allow_tcp(true);
        }
        let mut store = Store::new(&self.host.engine, State::new(wasi.build(), self.context.unwrap_or_default()));
        store.limiter(|state| &mut state.memory);
        program.call(&mut store).await.with_context(|| format!("running {}", self.program))?;
        let memory_mib = store.data().memory.peak as f64 / f64::from(1 << 20);
        Ok(Ended { printed: String::from_utf8(printed.contents().into())?.trim().to_owned(), memory_mib })
    }
}

impl Program {
    async fn call(&self, store: &mut Store<State>) -> Result<()> {
        let instance = self.instance.instantiate_async(&mut *store).await?;
        let returned = if self.asynchronous {
            let command = p3::bindings::Command::new(&mut *store, &instance)?;
            store.run_concurrent(async |store| command.wasi_cli_run().call_run(store).await).await?
        } else {
            p2::bindings::Command::new(&mut *store, &instance)?.wasi_cli_run().call_run(store).await
        };
        match returned {
            Ok(done) => done.map_err(|()| format_err!("the program reported a failure")),
            // An exit with code 0 is also a success.
            Err(error) if error.downcast_ref().is_some_and(|&I32Exit(code)| code == 0) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Records the peak of the linear memory of a store.
#[derive(Debug, Default)]
struct LinearMemory {
    peak: usize,
}

impl ResourceLimiter for LinearMemory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.peak = self.peak.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}
