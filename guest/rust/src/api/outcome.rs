//! The outcome of a statement.

use super::{Rows, maybe_async, wit};
use crate::error::Result;
use crate::execute_result::ExecuteResult;

/// The outcome of a statement that may or may not return rows, from `run`.
#[derive(Debug)]
#[must_use = "dropping it discards the rows"]
pub enum Outcome<'c> {
    /// The statement returns rows. The result may be empty.
    Rows(Rows<'c>),
    /// The statement returns no rows.
    ExecuteResult(ExecuteResult),
}

#[maybe_async]
impl Outcome<'_> {
    pub(super) fn new(outcome: wit::Outcome) -> Result<Self> {
        Ok(match outcome.columns.is_empty() {
            true => Self::ExecuteResult(outcome.into()),
            false => Self::Rows(Rows::new(outcome)?),
        })
    }

    /// Returns whether the statement returns rows. The result may be empty.
    pub fn returns_rows(&self) -> bool {
        matches!(self, Self::Rows(_))
    }
}

impl From<wit::Outcome> for ExecuteResult {
    fn from(outcome: wit::Outcome) -> Self {
        Self {
            rows_affected: outcome.affected_rows,
            last_insert_id: outcome.last_insert_id,
            warnings: outcome.warnings,
            info: outcome.info,
        }
    }
}

/// Discards remaining rows and returns the effect.
#[maybe_async]
pub(super) async fn into_execute_result(mut outcome: wit::Outcome) -> Result<ExecuteResult> {
    if let Some(cursor) = outcome.cursor.take() {
        cursor.close().await?;
    }
    Ok(outcome.into())
}
