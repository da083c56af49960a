//! Shows an axum server that calls a plugin for one of its routes, for each of its tenants.
//!
//! - `GET /reports/{tenant}/{carrier}` calls the plugin of the tenant with the database of the
//!   tenant. No tenant can reach the database of another tenant.
//! - Each call has its own store. Its statements are in the span of the request, and the response
//!   contains their number and time.
//! - More than 64 calls at once are refused with 503. Their instances use the same reserved memory.
//! - `POST /reload/{tenant}` loads the file of the plugin again. Calls in progress finish with the
//!   previous version, and a file that can't be loaded changes nothing. Protect this route in a
//!   server that others can reach.
//! - Ctrl-C ends the server after the requests in progress.
//!
//! The plugins are components of `wasmysql new --world`. Each tenant has a plugin and a URL:
//!
//! ```console
//! $ cargo run --example axum -- 127.0.0.1:8080 acme=acme.wasm,mysql://acme:secret@127.0.0.1/acme
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, p2};
use wasmysql_host::{Database, DatabaseOptions, Grant, GuestRequest, Statements, StoreSettings};
use wasmysql_host::{WasmysqlCtx, WasmysqlCtxView, WasmysqlView};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../guest/templates/world/wit",
        world: "plugin",
        with: { "wasmysql:mysql": wasmysql_host::bindings },
        require_store_data_send: true,
        exports: { default: async | store },
    });
}

/// The time of a call, including the time that the plugin waits.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of calls in progress, each with an instance.
const CALLS: u32 = 64;

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

type Plugin = bindings::PluginPre<State>;

/// A tenant with its database and the current version of its plugin.
struct Tenant {
    file: PathBuf,
    database: Database,
    plugin: RwLock<Plugin>,
}

struct Server {
    linker: Linker<State>,
    tenants: HashMap<String, Tenant>,
    requests: AtomicU64,
    calls: Semaphore,
}

/// The limits of an instance.
fn settings() -> StoreSettings {
    StoreSettings::default().cpu_time(Duration::from_secs(1))
}

fn load(linker: &Linker<State>, file: &std::path::Path) -> wasmtime::Result<Plugin> {
    let component = Component::from_file(linker.engine(), file)?;
    bindings::PluginPre::new(linker.instantiate_pre(&component)?)
}

impl Server {
    fn new(tenants: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut config = Config::new();
        StoreSettings::configure(&mut config);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(settings().pooling(CALLS)));
        let mut linker = Linker::new(&Engine::new(&config)?);
        p2::add_to_linker_async(&mut linker)?;
        wasmysql_host::add_to_linker(&mut linker)?;
        let calls = Semaphore::new(usize::try_from(CALLS)?);
        let mut server = Self { linker, tenants: HashMap::new(), requests: AtomicU64::new(0), calls };
        for tenant in tenants {
            let parts = tenant.split_once('=').and_then(|(name, rest)| Some((name, rest.split_once(',')?)));
            let (name, (file, url)) = parts.ok_or("expected TENANT=PLUGIN.wasm,URL")?;
            let file = PathBuf::from(file);
            let plugin = RwLock::new(load(&server.linker, &file)?);
            let database = Database::new(DatabaseOptions::from_url(url)?.name(name))?;
            server.tenants.insert(name.to_owned(), Tenant { file, database, plugin });
        }
        Ok(server)
    }
}

/// `GET /reports/{tenant}/{carrier}`.
async fn report(
    Shared(server): Shared<Arc<Server>>,
    Path((name, carrier)): Path<(String, String)>,
) -> Result<String, (StatusCode, String)> {
    let tenant = server.tenants.get(&name).ok_or((StatusCode::NOT_FOUND, "unknown tenant\n".to_owned()))?;
    let busy = |_| (StatusCode::SERVICE_UNAVAILABLE, "too many reports at once\n".to_owned());
    let _call = server.calls.try_acquire().map_err(busy)?;
    let id = server.requests.fetch_add(1, Ordering::Relaxed).to_string();
    let request = GuestRequest::new(&id, tracing::info_span!("request", id, tenant = name));
    // The call keeps its version, also if the plugin is reloaded meanwhile.
    let plugin = tenant.plugin.read().unwrap_or_else(PoisonError::into_inner).clone();
    let called = timeout(TIMEOUT, call(&plugin, &name, &tenant.database, &request, carrier)).await;
    request.end();
    match called {
        Err(_) => Err((StatusCode::GATEWAY_TIMEOUT, "the report took too long\n".to_owned())),
        Ok(Err(error)) => {
            // The log has the details, the client has the id to find them.
            eprintln!("request {id} of {name}: {error:#}");
            Err((StatusCode::INTERNAL_SERVER_ERROR, format!("the report failed, request {id}\n")))
        }
        Ok(Ok(Err(message))) => Err((StatusCode::UNPROCESSABLE_ENTITY, format!("{message}\n"))),
        Ok(Ok(Ok(summary))) => {
            let (queries, took) = (request.queries(), request.database_time().as_millis());
            Ok(format!("{} flights ({queries} query in {took} ms)\n", summary.flights))
        }
    }
}

/// Calls a plugin in a store of its own.
async fn call(
    plugin: &Plugin,
    tenant: &str,
    database: &Database,
    request: &GuestRequest,
    carrier: String,
) -> wasmtime::Result<Result<bindings::Summary, String>> {
    let grant = Grant::new(Statements::Read);
    let mut mysql = WasmysqlCtx::builder().guest(tenant).database("main", database, grant).build();
    mysql.set_request(request);
    let state = State { wasi: WasiCtx::default(), table: ResourceTable::new(), mysql };
    let mut store = Store::new(plugin.engine(), state);
    let meter = settings().apply(&mut store)?;
    let called = async {
        let plugin = plugin.instantiate_async(&mut store).await?;
        store.run_concurrent(async |store| plugin.call_report(store, carrier).await).await?
    };
    meter.run(called).await
}

/// `POST /reload/{tenant}`.
async fn reload(
    Shared(server): Shared<Arc<Server>>,
    Path(name): Path<String>,
) -> Result<&'static str, (StatusCode, String)> {
    if !server.tenants.contains_key(&name) {
        return Err((StatusCode::NOT_FOUND, "unknown tenant\n".to_owned()));
    }
    // Compiling takes long, so it runs on a thread of its own.
    let loaded = tokio::task::spawn_blocking(move || {
        let Some(tenant) = server.tenants.get(&name) else { return Ok(()) };
        let plugin = load(&server.linker, &tenant.file)?;
        *tenant.plugin.write().unwrap_or_else(PoisonError::into_inner) = plugin;
        wasmtime::error::Ok(())
    });
    match loaded.await {
        Ok(Ok(())) => Ok("reloaded\n"),
        Ok(Err(error)) => Err((StatusCode::UNPROCESSABLE_ENTITY, format!("the previous version stays: {error:#}\n"))),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n"))),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("usage: axum IP:PORT TENANT=PLUGIN.wasm,URL...")?;
    let server = Arc::new(Server::new(arguments)?);
    let _ticker = StoreSettings::ticker(server.linker.engine());
    let routes = Router::new()
        .route("/reports/{tenant}/{carrier}", get(report))
        .route("/reload/{tenant}", post(reload))
        .with_state(Arc::clone(&server));
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let ended = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, routes).with_graceful_shutdown(ended).await?;
    for tenant in server.tenants.values() {
        tenant.database.shutdown(Duration::from_secs(5)).await;
    }
    Ok(())
}
