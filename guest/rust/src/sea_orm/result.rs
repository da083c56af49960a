//! Conversion of results for SeaORM.

use ::sea_orm::{ExecResult, ProxyExecResult, QueryResult};

use super::row;
use crate::Rows;
use crate::error::Result;
use crate::execute_result::ExecuteResult;

/// Converts the effect of a statement.
pub(super) fn executed(done: &ExecuteResult) -> ExecResult {
    ProxyExecResult::new(done.last_insert_id(), done.rows_affected()).into()
}

/// Converts the first row, and discards further rows.
pub(super) async fn first(rows: Rows<'_>) -> Result<Option<QueryResult>> {
    rows.first().await?.map(|row| row::converted(&row)).transpose()
}

/// Converts all rows.
pub(super) async fn all(rows: Rows<'_>) -> Result<Vec<QueryResult>> {
    rows.all().await?.iter().map(row::converted).collect()
}
