//! What operators see of this crate: the names of its metrics, and how to describe them.
//!
//! Metrics go through the [`metrics`] facade to whatever recorder the process has installed, and nowhere if there is none. **Install the
//! recorder before the first [`Database`](crate::Database) is made**: a database that is older than it reports nothing.
//! Names follow OpenTelemetry's conventions for database clients where those have one; durations are in seconds.
//!
//! A histogram has no boundaries of its own here. [`SECONDS`], [`ROWS`] and [`BYTES`] are such as tell what is worth telling; a recorder that makes
//! summaries instead needs none.
//!
//! Spans and events go through `tracing`, with targets that begin with `wasmysql_host`: `acquire`, `execute`, `execute-many`, `prepare`, `fetch`,
//! `transaction`, `begin`, `commit`, `rollback`, all at the level INFO, with `guest` and `database`. Neither has ever a parameter, an address or an account. The text of
//! a statement is an event of its own, at the level DEBUG, since it can hold values.

mod call;
mod connection;
mod guest;
mod handles;
mod names;
mod pool;
mod transaction;

pub(crate) use call::{Call, Operation};
pub(crate) use connection::{ConnectionMeter, Discarded};
pub(crate) use guest::GuestMeters;
pub use names::*;
pub(crate) use pool::PoolMeters;
pub(crate) use transaction::{Ending, Transaction};
