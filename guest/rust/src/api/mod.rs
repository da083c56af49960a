//! The calls of the contract. This module is compiled twice: unchanged as `asynchronous`, and
//! without `async` as `blocking`.

use super::{maybe_async, sleep, wit, wit_engine};

#[cfg(feature = "sea-query")]
mod built;
mod connection;
mod engine;
mod execute_many;
mod outcome;
pub mod prelude;
mod prepared;
mod retry;
mod rows;
pub(super) mod source;
mod statement;
mod transaction;
mod two_phase;
mod typed_rows;

pub use connection::Connection;
pub use engine::{Engine, EngineOptions};
pub use outcome::Outcome;
pub use prepared::Prepared;
pub use rows::Rows;
pub use statement::Statement;
pub use transaction::Transaction;
pub use two_phase::{PreparedTransaction, TwoPhaseTransaction};
pub use typed_rows::TypedRows;
