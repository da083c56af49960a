//! MySQL for WebAssembly components: the host side.
//!
//! An embedder of wasmtime adds this crate to let sandboxed components use MySQL and MariaDB through the WIT package
//! `wasmysql:mysql`. The host has the addresses, accounts and pools; a component asks for a database by name.
//!
//! ```no_run
//! use wasmtime::component::{Component, Linker, ResourceTable};
//! use wasmtime::{Engine, Store};
//! use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
//! use wasmysql_host::{WasmysqlCtx, WasmysqlCtxView, WasmysqlView};
//!
//! struct State {
//!     table: ResourceTable,
//!     mysql: WasmysqlCtx,
//! }
//!
//! impl WasmysqlView for State {
//!     fn wasmysql(&mut self) -> WasmysqlCtxView<'_> {
//!         WasmysqlCtxView { ctx: &mut self.mysql, table: &mut self.table }
//!     }
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Once a process: the engine, the linker, and the databases with their pools.
//! let engine = Engine::default();
//! let mut linker = Linker::<State>::new(&engine);
//! wasmysql_host::add_to_linker(&mut linker)?;
//! let shop = Database::new(DatabaseOptions::from_url("mysql://app:secret@127.0.0.1:3306/shop")?)?;
//!
//! // Once a guest: a store, with what this guest may use.
//! let mysql = WasmysqlCtx::builder().guest("report").database("main", &shop, Grant::new(Statements::Read)).build();
//! let mut store = Store::new(&engine, State { table: ResourceTable::new(), mysql });
//! let component = Component::from_file(&engine, "report.wasm")?;
//! let instance = linker.instantiate_async(&mut store, &component).await?;
//! # Ok(()) }
//! ```
//!
//! # Behaviour
//!
//! - Nothing is granted by default, and a guest can't tell a database it was not granted from one that is not there.
//! - Dropping a store at any time, also while a statement of it runs, closes what it held: the transaction is rolled back, the
//!   statement killed, and the pool's place free.
//! - A session goes to its next borrower only after a reset. What can't be reset is closed.
//! - Connections and timers live in the tokio runtime in which the guest first called; keep it running.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod audit;
pub mod bindings;
mod config;
mod core;
mod ctx;
mod driver;
mod hostcalls;
mod pool;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "they are for fuzz/"))]
mod properties;
mod sql;
mod store_limits;
pub mod telemetry;
mod types;

pub use self::audit::{Encryption, InspectError, Inspection, Privileges, Scope};
pub use self::config::{Config, ConfigError, ConfigGrant};
pub use self::core::{Database, Grant, PoolStatus, Statements};
pub use self::ctx::{Wasmysql, WasmysqlCtx, WasmysqlCtxBuilder, WasmysqlCtxView, WasmysqlView};
pub use self::driver::{DatabaseOptions, ServerOrder, Tls};
pub use self::hostcalls::add_to_linker;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use self::properties::{guest_values, statement_kind};
pub use self::store_limits::{CpuMeter, LimitExceeded, StoreLimit, StoreSettings, Ticker};
