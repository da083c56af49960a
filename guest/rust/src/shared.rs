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
pub use crate::params::Params;
pub use crate::row::Row;
pub use crate::transaction_options::TransactionOptions;
pub use crate::value::{Date, DateTime, Decimal, RawValue, Time, Value, ValueRef};
pub use wasmysql_macros::{main, tests};
