//! The names that most plugins use: `use wasmysql::prelude::*`, or
//! `use wasmysql::blocking::prelude::*`.
//!
//! The names of dates and times are not among them, so `use chrono::*` next to it does not conflict
//! with [`Date`](crate::Date) and [`DateTime`](crate::DateTime).
//!
//! # Examples
//!
//! ```
//! use chrono::*;
//! use wasmysql::prelude::*;
//!
//! async fn last_visit(conn: &mut Connection, ids: &[u32]) -> Result<DateTime<Utc>> {
//!     conn.query_scalar("SELECT MAX(at) FROM visits WHERE id IN (?)", (in_list(ids),)).await
//! }
//! ```

pub use super::{Connection, Engine, Rows, Statement, Transaction};
pub use crate::shared::{Decode, Error, ErrorKind, FromRow, Params, Result, Row, Value, in_list, named};
