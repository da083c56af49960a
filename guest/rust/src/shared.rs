//! What both faces have, and what does not talk to a server.

pub use crate::batch::{Batch, ColumnView};
pub use crate::bindings::options::{EngineInfo, PoolStatus};
pub use crate::bindings::types::{IsolationLevel, Warning};
pub use crate::column::{Column, ColumnFlags, ColumnIndex};
pub use crate::decode::{Decode, Mismatch};
pub use crate::done::Done;
pub use crate::error::{
    AbortReason, Error, ErrorKind, Limit, Result, RetryAdvice, ServerClass, ServerError, Step, TransactionState,
};
pub use crate::from_row::{Cells, ColumnFinder, FromRow};
pub use crate::named;
pub use crate::named::NamedParams;
pub use crate::params::Params;
pub use crate::retry_options::RetryOptions;
pub use crate::row::Row;
pub use crate::transaction_options::TransactionOptions;
#[cfg(feature = "serde_json")]
pub use crate::types::Json;
pub use crate::value::{Date, DateTime, Decimal, RawValue, Time, Value, ValueRef};
pub use wasmysql_macros::{FromRow, Params, main, tests};
