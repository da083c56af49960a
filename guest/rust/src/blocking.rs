//! The same without `async`: for plugins whose exports are not `async`, such as those of WASI 0.2.
//!
//! It has all that the root of the crate has, under the same names. A call returns when it is done; nothing else of the
//! plugin runs meanwhile. What is no call of the server (values, rows, errors) is the very same type in both.
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
//! `#[wasmysql::main]` on a plain `fn main` makes a command of WASI 0.2. A plugin that exports something else includes
//! `wasmysql:mysql/blocking-imports@0.1.0` in its own world.

use crate::bindings::{blocking_connection as wit, blocking_engine as wit_engine};
use std::thread::sleep as pause;
use wasmysql_macros::strip_async as maybe_async;

/// How the files below give an argument to the contract: here by reference.
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

/// The contract's part of this api, under the names that `wasmysql::bindings` has for the other.
pub mod bindings {
    pub use crate::bindings::{blocking_connection as connection, blocking_engine as engine, options, types};
}
