//! The types of `wit/types.wit` in plain Rust, used by every layer. This module depends neither on
//! wasmtime nor on the driver.

mod batch_builder;
mod column;
mod config_error;
pub(crate) mod decimal;
mod error;
mod error_name;
mod parameter_rows;
mod row_batch;
mod server_code;
mod value;

pub(crate) use batch_builder::{BatchBuilder, BatchSizes};
pub(crate) use column::{Column, ColumnKind};
pub use config_error::ConfigError;
pub(crate) use error::{
    AbortReason, Error, ErrorKind, Limit, Result, RetryAdvice, ServerClass, Step, TransactionState,
};
pub(crate) use parameter_rows::ParameterRows;
pub(crate) use row_batch::RowBatch;
pub(crate) use server_code::{classify, ends_session, is_timeout, leaves_commit_in_doubt, reports_unfit_server};
pub(crate) use value::{Date, DateTime, RawValue, Time, Value};

/// A warning that the last statement raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) level: String,
    pub(crate) code: u16,
    pub(crate) message: String,
}

/// The isolation level of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsolationLevel {
    ReadUncommitted,
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl IsolationLevel {
    /// Returns the SQL keywords. The host builds its SQL from enums, never from text of a guest.
    pub(crate) fn as_sql(self) -> &'static str {
        match self {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        }
    }
}
