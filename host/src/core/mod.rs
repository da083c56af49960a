//! What the contract means, below the component model: engines, connections, transactions, cursors, and the rules of a
//! grant. Knows no wasmtime, and reaches servers only through the pool.

mod abandonment;
mod checkout;
mod close_reason;
mod connection;
mod cursor;
mod database;
mod deadline;
mod engine;
mod execute_many;
mod grant;
pub(crate) mod limits;
mod named_locks;
mod parameters;
mod prepared;
mod result_size;
mod slot;
mod statement;
mod transaction;
mod verdict;
mod watchdog;

pub(crate) use connection::{Connection, Outcome};
pub(crate) use cursor::Cursor;
pub use database::{Database, PoolStatus};
pub(crate) use engine::{Engine, EngineInfo, EngineOptions};
pub(crate) use grant::GuestDatabase;
pub use grant::{Grant, Statements};
#[cfg(any(test, fuzzing))]
pub(crate) use limits::Limits;
#[cfg(any(test, fuzzing))]
pub(crate) use parameters::{Allowance, parameters};
pub(crate) use prepared::PreparedStatement;
pub(crate) use statement::ExecuteOptions;
pub(crate) use transaction::{TransactionHandle, TransactionOptions};
