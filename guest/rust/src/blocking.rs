//! The blocking API, for plugins whose exports are not `async`, such as plugins for WASI 0.2.
//!
//! It has the same items as the root of the crate, under the same names. A call blocks the whole
//! plugin until it is complete. Types that do not talk to a server (values, rows, errors) are the
//! same types in both APIs. Sections named `Cancel safety` apply to the async API only.
//!
//! # Examples
//!
//! ```no_run
//! use wasmysql::blocking::{Engine, Result};
//!
//! #[wasmysql::main]
//! fn main() -> Result<()> {
//!     let engine = Engine::connect("main")?;
//!     let mut conn = engine.acquire()?;
//!
//!     let mut tx = conn.begin()?;
//!     tx.execute("INSERT INTO visits (page) VALUES (?)", ("/",))?;
//!     tx.commit()?;
//!
//!     let mut rows = conn.query("SELECT page, COUNT(*) AS visits FROM visits GROUP BY page", ())?;
//!     while let Some(row) = rows.next()? {
//!         println!("{}: {}", row.get::<&str>("page")?, row.get::<u64>("visits")?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `#[wasmysql::main]` on a plain `fn main` creates a command for WASI 0.2. A plugin with other
//! exports includes `wasmysql:mysql/blocking-imports@0.1.0` in its own world.

use std::thread::sleep;

use wasmysql_macros::strip_async as maybe_async;

use crate::bindings::{blocking_connection as wit, blocking_engine as wit_engine};

/// Passes an argument to the bindings: here by reference.
macro_rules! give {
    ($argument:expr) => {
        &$argument
    };
}

#[path = "api/mod.rs"]
mod api;
mod iter;

pub use crate::shared::*;
pub use api::*;
pub use iter::RowIter;

/// The bindings of the blocking API, under the names that `wasmysql::bindings` uses for the async
/// API.
pub mod bindings {
    pub use crate::bindings::{blocking_connection as connection, blocking_engine as engine, options, types};
}
