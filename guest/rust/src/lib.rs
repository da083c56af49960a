//! MySQL for WebAssembly plugins.
//!
//! A plugin names a database; the host that runs it owns the address, the account, the pool and the rules.
//!
//! ```no_run
//! use wasmysql::{Engine, Result};
//!
//! #[wasmysql::main]
//! async fn main() -> Result<()> {
//!     let engine = Engine::connect("main").await?;
//!     let mut conn = engine.acquire().await?;
//!
//!     let mut tx = conn.begin().await?;
//!     tx.execute("INSERT INTO visits (page) VALUES (?)", ("/",)).await?;
//!     tx.commit().await?;
//!
//!     let mut rows = conn.query("SELECT page, COUNT(*) AS visits FROM visits GROUP BY page", ()).await?;
//!     while let Some(row) = rows.next().await? {
//!         println!("{}: {}", row.get::<&str>("page")?, row.get::<u64>("visits")?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Behaviour
//!
//! - Rows arrive in batches, column by column; a [`Row`] is a view of its batch. Only one batch of a result is held.
//! - An open [`Rows`] borrows its connection, so the compiler says what would otherwise be a `Busy` error.
//! - Dropping a [`Transaction`] rolls back. Dropping the future of a call cancels it at the server, and costs the
//!   session.
//! - Calls wait without blocking: `futures::join!` on two connections of one [`Engine`] runs two statements at once.
//! - A plugin that exports something else than `#[wasmysql::main]` includes `wasmysql:mysql/imports@0.1.0` in its own
//!   world. The export that uses this crate must be `async`, else the component traps.

#![deny(missing_docs)]

mod batch;
#[expect(missing_docs, clippy::mem_forget, reason = "generated code")]
pub mod bindings;
mod column;
#[doc(hidden)]
pub mod command;
mod connection;
mod decode;
mod done;
mod engine;
mod error;
mod insert;
mod parameter_batch;
mod parameter_column;
mod params;
mod row;
mod rows;
mod statement;
mod transaction;
mod value;

pub use batch::{Batch, ColumnView};
pub use bindings::types::{IsolationLevel, Warning};
pub use column::{Column, ColumnFlags, ColumnIndex};
pub use connection::Connection;
pub use decode::{Decode, Mismatch};
pub use done::Done;
pub use engine::{Engine, EngineInfo, EngineOptions, PoolStatus};
pub use error::{
    AbortReason, Error, ErrorKind, Limit, Result, RetryAdvice, ServerClass, ServerError, Step, TransactionState,
};
pub use params::Params;
pub use row::Row;
pub use rows::Rows;
pub use statement::Statement;
pub use transaction::{Transaction, TransactionOptions};
pub use value::{Date, DateTime, Decimal, RawValue, Time, Value, ValueRef};
pub use wasmysql_macros::main;
