//! The face whose calls are `async`, which is the root of the crate. `blocking` is made from the same files.

use crate::bindings::{connection as wit, engine as wit_engine};
use crate::clock::pause;
use wasmysql_macros::keep_async as face;

/// How the files below give an argument to the contract: here by value, since a call can outlive what it is made from.
macro_rules! give {
    ($argument:expr) => {
        $argument.into()
    };
}

#[cfg(feature = "sea-query")]
#[path = "face/built.rs"]
mod built;
#[path = "face/bulk.rs"]
mod bulk;
#[path = "face/connection.rs"]
mod connection;
#[path = "face/engine.rs"]
mod engine;
#[path = "face/outcome.rs"]
mod outcome;
#[path = "face/prepared.rs"]
mod prepared;
#[path = "face/retry.rs"]
mod retry;
#[path = "face/rows.rs"]
mod rows;
#[path = "face/source.rs"]
mod source;
#[path = "face/statement.rs"]
mod statement;
mod stream;
#[path = "face/transaction.rs"]
mod transaction;
#[path = "face/two_phase.rs"]
mod two_phase;
#[path = "face/typed_rows.rs"]
mod typed_rows;

pub use connection::Connection;
pub use engine::{Engine, EngineOptions};
pub use outcome::Outcome;
pub use prepared::Prepared;
pub use rows::Rows;
pub use statement::Statement;
pub use stream::RowStream;
pub use transaction::Transaction;
pub use two_phase::{PreparedTransaction, TwoPhaseTransaction};
pub use typed_rows::TypedRows;
