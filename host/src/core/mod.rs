//! What the contract means, below the component model: engines, connections, transactions, cursors, and the rules of a
//! grant. Knows no wasmtime, and reaches servers only through the pool.

mod bulk;
mod checkout;
mod connection;
mod cursor;
mod database;
mod deadline;
mod engine;
mod grant;
mod limits;
mod slot;
mod statement;
mod transaction;

pub(crate) use connection::{Connection, Outcome, TransactionHandle, TransactionOptions};
pub(crate) use cursor::Cursor;
pub use database::{Database, PoolStatus};
pub(crate) use engine::{Engine, EngineInfo, EngineOptions};
pub use grant::{Grant, Statements};
pub(crate) use statement::ExecuteOptions;
