//! What came of a statement, as SeaORM reads it.

use super::row;
use crate::Rows;
use crate::error::Result;
use crate::execute_result::ExecuteResult;
use ::sea_orm::{ExecResult, ProxyExecResult, QueryResult};

/// What a statement did.
pub(super) fn executed(done: &ExecuteResult) -> ExecResult {
    ProxyExecResult::new(done.last_insert_id(), done.rows_affected()).into()
}

/// The first row; the rest is given up.
pub(super) async fn first(rows: Rows<'_>) -> Result<Option<QueryResult>> {
    rows.first().await?.map(|row| row::converted(&row)).transpose()
}

/// All rows.
pub(super) async fn all(rows: Rows<'_>) -> Result<Vec<QueryResult>> {
    rows.all().await?.iter().map(row::converted).collect()
}
