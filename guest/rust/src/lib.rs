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
//!   world. The export that calls what is `async` here must be `async` itself, else the component traps; for others
//!   there is [`blocking`].
//!
//! # Tests
//!
//! A module with [`#[wasmysql::tests]`](macro@tests) has tests that may be `async`. They run inside a host, each in an
//! instance and a schema of its own: `wasmysql new` makes a package whose `cargo test` does so.

#![deny(missing_docs)]

mod asynchronous;
mod batch;
#[expect(missing_docs, clippy::mem_forget, reason = "generated code")]
pub mod bindings;
#[expect(clippy::duplicate_mod, reason = "both faces are made from the files of `face/`")]
pub mod blocking;
mod column;
#[doc(hidden)]
pub mod command;
mod decode;
mod done;
mod error;
mod insert;
mod milliseconds;
mod parameter_batch;
mod parameter_column;
mod params;
mod row;
mod shared;
#[doc(hidden)]
pub mod test_run;
mod transaction_options;
mod value;

pub use asynchronous::*;
pub use shared::*;
#[doc(hidden)]
pub use wasmysql_macros::both_faces;
