//! What a guest may take of its host's machine, in one place: for stores of plugins that the embedder did not write.

mod cpu_time;
mod exceeded;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use wasmtime::{Config, Engine, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};

pub use self::cpu_time::CpuMeter;
use self::cpu_time::CpuTime;
use self::exceeded::Refusals;
pub use self::exceeded::{LimitExceeded, StoreLimit};
use crate::ctx::WasmysqlView;

/// How often a guest that computes yields to others. At each turn one of them can be late by as much.
const TICK: Duration = Duration::from_millis(10);

/// Limits of a store, each with a default that a plugin of ordinary size does not meet.
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
/// // Once a process.
/// let mut config = Config::new();
/// StoreSettings::configure(&mut config);
/// let engine = Engine::new(&config)?;
/// let _ticking = StoreSettings::ticker(&engine);
///
/// // Once a guest.
/// # let state = State { table: ResourceTable::new(), mysql: WasmysqlCtx::default() };
/// let mut store = Store::new(&engine, state);
/// let meter = StoreSettings::default().apply(&mut store)?;
/// meter.run(async {
///     // Instantiates the component in `store`, and calls its exports.
///     # let _ = &mut store;
///     Ok(())
/// }).await?;
/// # Ok(()) }
/// ```
///
/// # Behaviour
///
/// - What goes over a limit is a trap, but for memory and tables: they do not grow, and the guest is told. Where the guest then ends by
///   itself, or a trap is of one of these limits, the error of [`CpuMeter::run`] has a [`LimitExceeded`] that names it.
/// - A trap, a timeout around the guest, or dropping the store at any moment are all the same to this crate: what the guest held is
///   closed. Bring a timeout of your own around the whole call of the guest: these settings count what it computes, not what it waits.
/// - Components are compiled by the host, and compiling is not limited. Compile what you do not know when it is installed, not when
///   it is called.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoreSettings {
    /// Bytes of each linear memory: 64 MiB. Results come a batch at a time, so few plugins need more than ten.
    pub memory_bytes: usize,
    /// Linear memories of all instances in the store: 2. A component in Rust has one, one with an adapter or a runtime inside two.
    pub memories: usize,
    /// Elements of each table: 20,000. Tables hold a program's function pointers, of which a large one has some thousands.
    pub table_elements: usize,
    /// Tables of all instances in the store: 20.
    pub tables: usize,
    /// Core instances in the store: 50. A component in Rust has about ten, most of them for its imports.
    pub instances: usize,
    /// Handles of host resources, of this crate and of others that share the table: 256. A plugin holds a few connections, each with a
    /// few statements.
    pub resources: usize,
    /// Handles that the guest's own tables hold: 1,024. Those of resources, and of calls that are in flight.
    pub component_handles: usize,
    /// Bytes that one call copies from the guest: 16 MiB. More than a statement and its parameters may have, so that those that are too
    /// large are an error of theirs, not a trap.
    pub hostcall_fuel: usize,
    /// How long the guest may compute in all, and the host for it: 10 s. Waiting does not count where the guest is run by
    /// [`CpuMeter::run`].
    pub cpu_time: Option<Duration>,
    /// How many instructions the guest may run, for those who want it exact: none, since counting them costs a tenth of the speed. Needs
    /// [`Config::consume_fuel`].
    pub fuel: Option<u64>,
}

impl Default for StoreSettings {
    fn default() -> StoreSettings {
        StoreSettings {
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

/// The limits of a store that its limiter enforces, and which of them it had to. In the store's data, since the limiter has to be there.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limits: StoreLimits,
    refusals: Arc<Refusals>,
}

/// Keeps the clock going by which guests yield, until it is dropped or its engine is.
#[derive(Debug)]
#[must_use = "guests do not yield without it"]
pub struct Ticker {
    stopped: Arc<AtomicBool>,
}

impl StoreSettings {
    /// What the engine has to be configured with: without it, guests that compute do not yield and are not stopped.
    pub fn configure(config: &mut Config) {
        config.epoch_interruption(true);
    }

    /// Starts the clock of an engine. One is enough for all its stores.
    pub fn ticker(engine: &Engine) -> Ticker {
        let stopped = Arc::new(AtomicBool::new(false));
        let (ticking, stop) = (engine.weak(), Arc::clone(&stopped));
        // Not a task: the threads for tasks can all be busy with guests that compute.
        thread::spawn(move || {
            while let Some(engine) = ticking.upgrade().filter(|_| !stop.load(Ordering::Relaxed)) {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        });
        Ticker { stopped }
    }

    /// Puts these limits on a store, in the place of its limiter and its reaction to the epoch. Everything that the guest does is to be
    /// run by the meter that this returns.
    ///
    /// # Errors
    ///
    /// Where fuel is given and the engine does not count it.
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
        store.epoch_deadline_callback(move |_| {
            time.count();
            time.check()?;
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
