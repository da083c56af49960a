//! What came of a statement.

use super::{Rows, maybe_async, wit};
use crate::error::Result;
use crate::execute_result::ExecuteResult;

/// What came of a statement of which it was not known whether it returns rows; from `run`.
#[derive(Debug)]
#[must_use = "dropping it gives the rows up"]
pub enum Outcome<'c> {
    /// It returns rows, though there may be none.
    Rows(Rows<'c>),
    /// It returns none; this is what it did.
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

    /// Whether the statement returns rows, though there may be none.
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

/// Gives up rows, if there are any.
#[maybe_async]
pub(super) async fn done(mut outcome: wit::Outcome) -> Result<ExecuteResult> {
    if let Some(cursor) = outcome.cursor.take() {
        cursor.close().await?;
    }
    Ok(outcome.into())
}
