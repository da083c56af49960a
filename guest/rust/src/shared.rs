//! Items of both APIs that do not talk to a server.

pub use crate::batch::Batch;
pub use crate::bindings::options::{EngineInfo, PoolStatus};
pub use crate::bindings::types::{IsolationLevel, Warning};
pub use crate::column::{Column, ColumnFlags, ColumnIndex, ColumnKind};
pub use crate::column_view::ColumnView;
pub use crate::decode::{Decode, Mismatch};
pub use crate::error::{
    AbortReason, Error, ErrorKind, Limit, Result, RetryAdvice, ServerClass, ServerError, Step, TransactionState,
};
pub use crate::execute_result::ExecuteResult;
pub use crate::from_row::{Cells, ColumnFinder, FromRow};
pub use crate::named;
pub use crate::named::NamedParams;
pub use crate::parameter::{InList, Param, Parameter, Parameters, in_list};
pub use crate::params::Params;
pub use crate::retry_options::RetryOptions;
pub use crate::row::Row;
pub use crate::transaction_options::TransactionOptions;
#[cfg(feature = "serde_json")]
pub use crate::types::Json;
pub use crate::value::{Date, DateTime, Decimal, RawValue, Time, Value, ValueRef};
/// Makes `main` the entry point of a plugin.
///
/// ```no_run
/// #[wasmysql::main]
/// async fn main() -> wasmysql::Result<()> {
///     let engine = wasmysql::Engine::connect("main").await?;
///     println!("{}", engine.info().server_version);
///     Ok(())
/// }
/// ```
pub use wasmysql_macros::main;
/// Turns a module into the tests of a plugin, which run inside a host.
///
/// ```no_run
/// #[wasmysql::tests]
/// mod tests {
///     use wasmysql::{Engine, Result};
///
///     #[test]
///     async fn schema_is_empty() -> Result<()> {
///         let mut conn = Engine::connect("main").await?.acquire().await?;
///         assert!(conn.query_all("SHOW TABLES", ()).await?.is_empty());
///         Ok(())
///     }
/// }
/// ```
pub use wasmysql_macros::tests;
pub use wasmysql_macros::{FromRow, Params};
