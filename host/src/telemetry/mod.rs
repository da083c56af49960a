//! The metrics of this crate: names, labels, units and bucket boundaries.
//!
//! # Metrics
//!
//! Metrics go through the [`metrics`] facade to the installed recorder. Without a recorder they are
//! discarded. **Install the recorder before the first [`Database`](crate::Database) is created.** A
//! database that is older than the recorder reports no metrics.
//!
//! Names follow OpenTelemetry's semantic conventions for database clients where the conventions
//! define a name. Durations are in seconds. [`METRICS`] lists all metrics.
//!
//! The recorder defines the buckets of histograms. [`SECONDS`], [`ROWS`] and [`BYTES`] are the
//! recommended boundaries. A recorder of summaries needs no boundaries.
//!
//! # Spans and events
//!
//! Spans and events go through `tracing`, with targets that begin with `wasmysql_host`. The spans
//! are `acquire`, `execute`, `execute-many`, `prepare`, `fetch`, `transaction`, `begin`, `commit`,
//! `rollback`, `release` and `prepare-transaction`. They have the level INFO and the fields `guest`
//! and `database`.
//!
//! Spans and events never contain parameters, addresses or accounts. The text of a statement can
//! contain values, so it is a separate event at the level DEBUG.

mod call;
mod connection;
mod guest;
mod handles;
mod names;
mod pool;
mod request;
mod servers;
mod trace_parent;
mod transaction;

pub(crate) use call::{Call, Operation};
pub(crate) use connection::{ConnectionMeter, Discarded};
pub(crate) use guest::GuestMeters;
pub use names::*;
pub(crate) use pool::PoolMeters;
pub use request::GuestRequest;
pub(crate) use servers::ServerMeters;
pub use trace_parent::TraceParent;
pub(crate) use transaction::{Ending, Transaction};
