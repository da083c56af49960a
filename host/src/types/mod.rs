//! The vocabulary of `wit/types.wit` in plain Rust, spoken by every layer. Knows neither wasmtime nor the driver.

mod batch;
mod batch_builder;
mod column;
pub(crate) mod decimal;
mod error;
mod error_name;
mod server_code;
mod value;

pub(crate) use batch::{ColumnBatch, ColumnValues, RowBatch, VarWidth};
pub(crate) use batch_builder::{BatchBuilder, Cells};
pub(crate) use column::{Column, ColumnKind};
pub(crate) use error::{
    AbortReason, Error, ErrorKind, Limit, Result, RetryAdvice, ServerClass, Step, TransactionState,
};
pub(crate) use server_code::{classify, ends_session, is_of_another_server, is_timeout, is_undecided};
pub(crate) use value::{Date, DateTime, RawValue, Time, Value};

/// A warning of the last statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) level: String,
    pub(crate) code: u16,
    pub(crate) message: String,
}

/// How much a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsolationLevel {
    ReadUncommitted,
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl IsolationLevel {
    /// The SQL keywords. Host SQL is built from enums like this one, never from text a guest gave.
    pub(crate) fn as_sql(self) -> &'static str {
        match self {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        }
    }
}
