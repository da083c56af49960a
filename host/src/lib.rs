//! MySQL and MariaDB for WebAssembly components: the host crate.
//!
//! This crate implements the WIT package `wasmysql:mysql` for embedders of wasmtime. The host holds
//! the addresses, the accounts and the connection pools. A component opens a database by name,
//! within its grant.
//!
//! - [`Database`] is a database with its connection pool, and [`DatabaseOptions`] configures it.
//! - [`Grant`] defines the statements and the limits of one guest on one database.
//! - [`WasmysqlCtx`] holds the databases of one guest, and [`add_to_linker`] adds the interfaces to
//!   a linker.
//! - [`Config`] reads databases and grants from a TOML file.
//! - [`StoreSettings`] limits the memory and the CPU time of a guest.
//! - [`Migrations`] are SQL files that [`Database::migrate`] applies and records.
//! - [`telemetry`] lists the metrics, and [`Database::inspect`] audits an account.
//!
//! # Behaviour
//!
//! - By default, guests have no databases. For a guest, a database that is not granted and a
//!   database that does not exist are indistinguishable.
//! - Dropping a store is safe at any time, even while a statement runs. The host closes the guest's
//!   connections, rolls back its transactions, kills its running statement, and frees the slots in
//!   the pool.
//! - A used session is reset before the pool reuses it. A session that can't be reset is closed.
//! - Connections and timers run on the tokio runtime of the guest's first call. Keep this runtime
//!   running.
//!
//! # Examples
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
//! // Once per process: the engine, the linker, and the databases with their pools.
//! let engine = Engine::default();
//! let mut linker = Linker::<State>::new(&engine);
//! wasmysql_host::add_to_linker(&mut linker)?;
//! let shop = Database::new(DatabaseOptions::from_url("mysql://app:secret@127.0.0.1:3306/shop")?)?;
//!
//! // Once per guest: a store with the databases of this guest.
//! let mysql = WasmysqlCtx::builder()
//!     .guest("report")
//!     .database("main", &shop, Grant::new(Statements::Read))
//!     .build();
//! let mut store = Store::new(&engine, State { table: ResourceTable::new(), mysql });
//! let component = Component::from_file(&engine, "report.wasm")?;
//! let instance = linker.instantiate_async(&mut store, &component).await?;
//! # Ok(()) }
//! ```

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod audit;
pub mod bindings;
#[cfg(feature = "config")]
mod config;
mod core;
mod ctx;
mod driver;
mod hostcalls;
mod migrations;
mod pool;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "fuzz/ uses them"))]
mod properties;
mod sql;
mod store_limits;
pub mod telemetry;
mod types;

pub use self::audit::{Encryption, InspectError, InspectedServer, Inspection, Privileges, Scope, ServerState};
#[cfg(feature = "config")]
pub use self::config::{Config, ConfigGrant};
pub use self::core::{Database, Grant, GuestStatement, StatementDecision, StatementOperation};
pub use self::ctx::{Wasmysql, WasmysqlCtx, WasmysqlCtxBuilder, WasmysqlCtxView, WasmysqlView};
pub use self::driver::{DatabaseOptions, ReplicaLag, ServerOrder, Tls, VariableValue};
pub use self::hostcalls::{add_async_to_linker, add_blocking_to_linker, add_to_linker};
pub use self::migrations::{AppliedMigration, MigrationError, MigrationFile, MigrationProgress, MigrationState};
pub use self::migrations::{MigrationStatus, Migrations, Resolution};
pub use self::pool::PoolStatus;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use self::properties::{guest_values, statement_kind};
pub use self::sql::Statements;
pub use self::store_limits::{CpuMeter, LimitExceeded, StoreLimit, StoreSettings, Ticker};
pub use self::telemetry::GuestRequest;
pub use self::types::ConfigError;
