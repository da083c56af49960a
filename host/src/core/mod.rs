//! The behaviour of the contract, independent of the component model: engines, connections,
//! transactions, cursors and grants. Does not use wasmtime, and reaches servers only through the
//! pool.

mod abandonment;
mod admission;
mod call_bytes;
mod checkout;
mod cleanup;
mod close_reason;
mod connection;
mod cursor;
mod database;
mod deadline;
mod denial;
mod engine;
mod execute_many;
mod first_rows;
mod grant;
mod guest_database;
mod held_statements;
pub(crate) mod limits;
mod next_result;
mod outcome;
mod parameters;
mod policy;
mod prepare;
mod prepared;
mod result_size;
mod rules;
mod slot;
mod slot_state;
mod statement;
mod trace_comments;
mod transaction;
mod watchdog;

pub(crate) use connection::Connection;
pub(crate) use cursor::Cursor;
pub use database::Database;
pub(crate) use engine::{Engine, EngineInfo, EngineOptions};
pub use grant::Grant;
pub(crate) use guest_database::GuestDatabase;
#[cfg(any(test, fuzzing))]
pub(crate) use limits::Limits;
pub(crate) use next_result::next_result;
pub(crate) use outcome::Outcome;
#[cfg(any(test, fuzzing))]
pub(crate) use parameters::{Allowance, parameters};
pub use policy::{GuestStatement, StatementDecision, StatementOperation};
pub(crate) use prepared::PreparedStatement;
pub(crate) use statement::ExecuteOptions;
pub(crate) use transaction::{TransactionHandle, TransactionOptions};
