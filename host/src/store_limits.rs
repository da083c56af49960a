//! Limits on the machine resources of a guest, for stores that run untrusted plugins.

mod cpu_time;
mod exceeded;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use wasmtime::{Config, Engine, PoolingAllocationConfig, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};

pub use self::cpu_time::CpuMeter;
use self::cpu_time::CpuTime;
use self::exceeded::Refusals;
pub use self::exceeded::{LimitExceeded, StoreLimit};
use crate::ctx::WasmysqlView;

/// The interval at which a computing guest yields to other tasks. A guest can yield late by one
/// interval.
const TICK: Duration = Duration::from_millis(10);
/// The reserved stacks for each instance. Each call that waits inside the host holds one.
const STACKS: usize = 8;
/// The bytes of each memory and table that stay resident between instances. Clearing them is faster
/// than returning them to the system and faulting them in again.
const KEPT_MEMORY: usize = 256 << 10;
const KEPT_TABLE: usize = 32 << 10;

/// The limits of a store. The defaults exceed the needs of a plugin of ordinary size.
///
/// - A guest that exceeds a limit traps, or fails to instantiate. Memories and tables don't grow
///   beyond their limit; the guest receives the result of a failed growth.
/// - If a limit caused the trap, the error of [`CpuMeter::run`] contains a [`LimitExceeded`] with
///   the limit. This also applies to a guest that traps after a failed growth.
/// - After a trap, after a timeout, and when the store is dropped, this crate closes all
///   connections of the guest.
/// - The limits cover computation, not waiting. Put a timeout of your own around the whole call of
///   the guest.
/// - Compiling a component is not limited. Compile untrusted components when they are installed,
///   not when they are called.
///
/// # Examples
///
/// ```
/// use wasmtime::component::ResourceTable;
/// use wasmtime::{Config, Engine, Store};
/// use wasmysql_host::{StoreSettings, WasmysqlCtx, WasmysqlCtxView, WasmysqlView};
/// # struct State { table: ResourceTable, mysql: WasmysqlCtx }
/// # impl WasmysqlView for State {
/// #     fn wasmysql(&mut self) -> WasmysqlCtxView<'_> {
/// #         WasmysqlCtxView { ctx: &mut self.mysql, table: &mut self.table }
/// #     }
/// # }
///
/// # async fn run() -> wasmtime::Result<()> {
/// // Once per process.
/// let mut config = Config::new();
/// StoreSettings::configure(&mut config);
/// let engine = Engine::new(&config)?;
/// let _ticking = StoreSettings::ticker(&engine);
///
/// // Once per guest.
/// # let state = State { table: ResourceTable::new(), mysql: WasmysqlCtx::default() };
/// let mut store = Store::new(&engine, state);
/// let meter = StoreSettings::default().apply(&mut store)?;
/// meter.run(async {
///     // Instantiate the component in `store`, and call its exports.
///     # let _ = &mut store;
///     Ok(())
/// }).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    memory_bytes: usize,
    memories: usize,
    table_elements: usize,
    tables: usize,
    instances: usize,
    resources: usize,
    component_handles: usize,
    hostcall_fuel: usize,
    cpu_time: Option<Duration>,
    fuel: Option<u64>,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            memories: 2,
            table_elements: 20_000,
            tables: 20,
            instances: 50,
            resources: 256,
            component_handles: 1024,
            hostcall_fuel: 16 << 20,
            cpu_time: Some(Duration::from_secs(10)),
            fuel: None,
        }
    }
}

/// The limiter of a store, and the growths that it refused. It is part of the store's data, as
/// wasmtime requires.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limits: StoreLimits,
    refusals: Arc<Refusals>,
}

/// The clock of an engine, which interrupts computing guests every 10 ms so that they yield.
///
/// The clock stops when the ticker is dropped or when the engine is dropped.
#[derive(Debug)]
#[must_use = "guests don't yield without a ticker"]
pub struct Ticker {
    stopped: Arc<AtomicBool>,
}

impl StoreSettings {
    /// Sets the maximum bytes of each linear memory. Default: 64 MiB.
    ///
    /// Results arrive in batches, so few plugins need more than 10 MiB.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Sets the maximum number of linear memories in the store. Default: 2.
    ///
    /// A Rust component has one linear memory. A component with an adapter or an embedded runtime
    /// has two.
    #[must_use]
    pub fn memories(mut self, count: usize) -> Self {
        self.memories = count;
        self
    }

    /// Sets the maximum number of elements of each table. Default: 20,000.
    ///
    /// Tables hold the function pointers of a program. A large program has some thousands.
    #[must_use]
    pub fn table_elements(mut self, count: usize) -> Self {
        self.table_elements = count;
        self
    }

    /// Sets the maximum number of tables in the store. Default: 20.
    #[must_use]
    pub fn tables(mut self, count: usize) -> Self {
        self.tables = count;
        self
    }

    /// Sets the maximum number of core instances in the store. Default: 50.
    ///
    /// A Rust component has about ten core instances, most of them for its imports.
    #[must_use]
    pub fn instances(mut self, count: usize) -> Self {
        self.instances = count;
        self
    }

    /// Sets the maximum number of host resources in the resource table of the store. Default: 256.
    ///
    /// Resources of other interfaces in the same table count too. A plugin usually holds a few
    /// connections with a few statements each.
    #[must_use]
    pub fn resources(mut self, count: usize) -> Self {
        self.resources = count;
        self
    }

    /// Sets the maximum number of handles in the guest's handle tables. Default: 1,024.
    ///
    /// Each resource and each call in progress has a handle.
    #[must_use]
    pub fn component_handles(mut self, count: usize) -> Self {
        self.component_handles = count;
        self
    }

    /// Sets the maximum bytes that one host call copies from the guest. Default: 16 MiB.
    ///
    /// The default exceeds the limits of a grant for a statement and its parameters. So a call
    /// beyond those limits fails with an error of the contract instead of a trap.
    #[must_use]
    pub fn hostcall_fuel(mut self, bytes: usize) -> Self {
        self.hostcall_fuel = bytes;
        self
    }

    /// Sets the maximum total time of computation, by the guest and by the host for the guest.
    /// Default: 10 s. `None` sets no limit.
    ///
    /// Time of waiting does not count inside [`CpuMeter::run`].
    #[must_use]
    pub fn cpu_time(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.cpu_time = time.into();
        self
    }

    /// Sets the maximum number of instructions of the guest. Default: `None`, no limit.
    ///
    /// This limit is exact, but counting instructions costs about a tenth of the speed. It requires
    /// [`Config::consume_fuel`].
    #[must_use]
    pub fn fuel(mut self, instructions: impl Into<Option<u64>>) -> Self {
        self.fuel = instructions.into();
        self
    }

    /// Returns a pooling allocator for this number of instances of components within these limits.
    ///
    /// Instances start faster, because their memory is reserved at the start and reused. The
    /// reservation takes address space, about 8 GiB for each instance with the default limits.
    /// Creating the engine fails if the system has not enough. Instantiating more instances fails.
    #[must_use]
    pub fn pooling(&self, instances: u32) -> PoolingAllocationConfig {
        let number = |each: usize| u32::try_from(each).unwrap_or(u32::MAX);
        let of_all = |each: usize| instances.saturating_mul(number(each));
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(instances)
            .total_core_instances(of_all(self.instances))
            .total_memories(of_all(self.memories))
            .total_tables(of_all(self.tables))
            .total_stacks(of_all(STACKS))
            .max_memories_per_module(number(self.memories))
            .max_tables_per_module(number(self.tables))
            .table_elements(self.table_elements)
            .max_memory_size(self.memory_bytes)
            .linear_memory_keep_resident(KEPT_MEMORY)
            .table_keep_resident(KEPT_TABLE);
        pool
    }

    /// Enables the interruption of computing guests in the configuration of an engine.
    ///
    /// Without this setting, computing guests neither yield nor stop at
    /// [`cpu_time`](Self::cpu_time).
    pub fn configure(config: &mut Config) {
        config.epoch_interruption(true);
    }

    /// Starts the clock of an engine, on a thread of its own.
    ///
    /// One ticker per engine is sufficient for all stores.
    pub fn ticker(engine: &Engine) -> Ticker {
        let stopped = Arc::new(AtomicBool::new(false));
        let (ticking, stop) = (engine.weak(), Arc::clone(&stopped));
        // A thread instead of a task: computing guests can occupy all threads of the runtime.
        thread::spawn(move || {
            while let Some(engine) = ticking.upgrade().filter(|_| !stop.load(Ordering::Relaxed)) {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        });
        Ticker { stopped }
    }

    /// Applies these limits to a store, and returns the meter that runs the guest.
    ///
    /// This replaces the limiter and the epoch callback of the store. Run the instantiation and all
    /// calls of the guest with [`CpuMeter::run`].
    ///
    /// # Errors
    ///
    /// Fails if [`fuel`](Self::fuel) is set but the engine does not consume fuel.
    pub fn apply<T: WasmysqlView + 'static>(&self, store: &mut Store<T>) -> wasmtime::Result<CpuMeter> {
        let refusals = Arc::<Refusals>::default();
        let view = store.data_mut().wasmysql();
        view.table.set_max_capacity(self.resources);
        let limits = StoreLimitsBuilder::new()
            .memory_size(self.memory_bytes)
            .memories(self.memories)
            .table_elements(self.table_elements)
            .tables(self.tables)
            .instances(self.instances)
            .build();
        view.ctx.store_limits = Limiter { limits, refusals: Arc::clone(&refusals) };
        store.limiter(|data| &mut data.wasmysql().ctx.store_limits);
        store.set_max_component_handles(self.component_handles);
        store.set_hostcall_fuel(self.hostcall_fuel);
        if let Some(fuel) = self.fuel {
            store.set_fuel(fuel)?;
        }
        let time = Arc::new(CpuTime::new(self.cpu_time));
        let meter = CpuMeter::new(Arc::clone(&time), refusals, self.clone());
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |mut store| {
            let computed = time.interrupted();
            let tasks: Vec<_> = store.async_call_stack()?.collect();
            let request = store.data_mut().wasmysql().ctx.computing_request(tasks.into_iter());
            time.check()?;
            if let Some(request) = request {
                time.check_used(request.computed(computed))?;
            }
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        Ok(meter)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
