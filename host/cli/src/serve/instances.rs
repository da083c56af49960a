//! The instances of a version of the plugin: their creation, reuse and end.

use std::future::ready;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmysql_host::{CpuMeter, StoreSettings, WasmysqlCtxBuilder};

use super::output::Output;
use super::reuse::Reuse;
use super::ticket::{Load, Ticket};
use crate::environment::Environment;
use crate::log::{self, Format};
use crate::plugin::{State, reason_first};
use crate::program::Program;

/// How long an instance without requests is kept, as in `wasmtime serve`.
const IDLE: Duration = Duration::from_secs(1);

/// The properties of all instances, which a reload keeps.
#[derive(Clone)]
pub(super) struct Template {
    /// The file of the plugin, for messages.
    pub(super) file: String,
    pub(super) environment: Environment,
    pub(super) mysql: WasmysqlCtxBuilder,
    pub(super) settings: StoreSettings,
    pub(super) timeout: Duration,
    /// The places of instances in the reserved memory.
    pub(super) places: Arc<Semaphore>,
    /// Whether this process ends, and with it all instances.
    pub(super) is_stopping: Arc<AtomicBool>,
}

/// Creates the instances of a version.
pub(super) struct Instances {
    proxy: ProxyPre<State>,
    reuse: Reuse,
    program: Program,
    template: Template,
}

/// Decides which requests an instance accepts.
pub(super) struct Worker {
    file: String,
    reuse: Reuse,
    load: Arc<Load>,
    meter: CpuMeter,
    is_stopping: Arc<AtomicBool>,
    _place: OwnedSemaphorePermit,
}

/// Ends an instance that is idle, or whose requests have ended.
pub(super) struct Expiration {
    load: Arc<Load>,
    meter: CpuMeter,
    timer: Pin<Box<Sleep>>,
}

impl Instances {
    pub(super) fn new(proxy: ProxyPre<State>, reuse: Reuse, program: Program, template: Template) -> Self {
        Self { proxy, reuse, program, template }
    }
}

impl HandlerState for Instances {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let Template { file, environment, mysql, settings, timeout: limit, places, is_stopping } = &self.template;
        let place = timeout(*limit, Arc::clone(places).acquire_owned()).await;
        let place = place.map_err(|_| wasmtime::Error::msg("too many instances are in use"))??;
        let engine = match &self.proxy {
            ProxyPre::P2(proxy) => proxy.engine(),
            ProxyPre::P3(proxy) => proxy.engine(),
        };
        let mut wasi = environment.wasi().map_err(wasmtime::Error::msg)?;
        self.program
            .configure(&mut wasi, &[])
            .map_err(|failure| wasmtime::Error::msg(failure.into_message().unwrap_or_default()))?;
        if log::format() == Format::Json {
            wasi.stdout(Output::new("stdout")).stderr(Output::new("stderr"));
        }
        let mut store = Store::new(engine, State::new(wasi.build(), mysql.clone().build()));
        let meter = settings.apply(&mut store)?;
        let instantiated = timeout(*limit, meter.run(self.proxy.instantiate_async(&mut store))).await;
        let proxy = instantiated.map_err(|_| wasmtime::Error::msg("its start did not end within the timeout"))??;
        let load = Arc::<Load>::default();
        let timer = Box::pin(sleep_until(Instant::now() + IDLE));
        Ok(Instance {
            store,
            proxy,
            view: WasiHttpView::http,
            expiration: Expiration { load: Arc::clone(&load), meter: meter.clone(), timer },
            state: Worker {
                file: file.clone(),
                reuse: self.reuse,
                load,
                meter,
                is_stopping: Arc::clone(is_stopping),
                _place: place,
            },
        })
    }
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = Arc<Ticket>;

    fn should_accept_request(&self, concurrent_count: usize, total_count: usize) -> ShouldAccept {
        self.reuse.accepts(concurrent_count, total_count)
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, State>,
        ticket: Arc<Ticket>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.meter.restart();
        store.data_mut().mysql.begin_request(task, &ticket.request);
        let deadline = ticket.deadline;
        self.load.accept(ticket);
        // From the deadline on, the instance accepts no further requests.
        Box::pin(sleep_until(deadline))
    }

    fn drop(&self, store: Store<State>, result: wasmtime::Result<()>) {
        // Before the streams of the store end.
        if result.is_err() {
            self.load.fail();
        }
        // Also closes the connections of the instance.
        drop(store);
        if let Err(error) = result
            && !self.load.is_stopped()
            && !self.is_stopping.load(Ordering::Relaxed)
        {
            let (reason, requests) = (reason_first(&self.with_limit(error)), self.load.ids().join(", "));
            let of = if requests.is_empty() { String::new() } else { format!(" (request {requests})") };
            log::print_error(&format!("{}{of}: {reason}", self.file));
        }
    }
}

impl Worker {
    /// Adds the limit that caused an error, if a limit caused it.
    fn with_limit(&self, error: wasmtime::Error) -> wasmtime::Error {
        let explained = pin!(self.meter.run(ready(Err::<(), _>(error))));
        match explained.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => error,
            _ => wasmtime::Error::msg("the instance failed"),
        }
    }
}

impl WorkerExpiration for Expiration {
    /// Called after each poll of the instance that returned `Pending`, also while the plugin
    /// computes: then it yields every 10 ms.
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: std::time::Instant,
    ) -> Poll<()> {
        self.meter.suspend();
        self.load.set_waker(context.waker());
        let deadline = match status {
            WorkerStatus::Idle => {
                self.load.clear();
                Some(Instant::from_std(start) + IDLE)
            }
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.load.deadline(Instant::now()),
        };
        let Some(deadline) = deadline else {
            self.load.stop();
            return Poll::Ready(());
        };
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        let expired = self.timer.as_mut().poll(context);
        if expired.is_ready() {
            self.load.stop();
        }
        expired
    }
}
