//! The first rows of a result, read in the call that executes the statement.

use std::sync::Arc;

use super::result_size::ResultSize;
use super::rules::Rules;
use crate::driver::{Remaining, Session, too_many_columns};
use crate::types::{BatchBuilder, BatchSizes, Column, Result};

/// The first rows of a result, and the remaining part of the response.
#[derive(Debug)]
pub(super) struct FirstRows {
    pub(super) columns: Arc<[Column]>,
    pub(super) batch: BatchBuilder,
    pub(super) remaining: Remaining,
    pub(super) size: ResultSize,
    /// The guest requested an outcome without rows.
    pub(super) skipped: bool,
}

impl FirstRows {
    /// Reads the first rows of a result: at most `first_rows`, and at most one batch.
    pub(super) async fn read(
        session: &mut Session,
        rules: &Rules,
        columns: Arc<[Column]>,
        first_rows: Option<u32>,
    ) -> Result<Self> {
        let limits = &rules.grant.limits;
        if columns.len() > limits.columns {
            return Err(too_many_columns(columns.len(), limits.columns));
        }
        let mut batch =
            BatchBuilder::new(&columns, first_rows.unwrap_or(u32::MAX), limits.batch_bytes, &BatchSizes::first());
        let remaining = session.read(&mut batch, limits.row_bytes).await?;
        let size = ResultSize::default().with(&batch, limits)?;
        Ok(Self { columns, batch, remaining, size, skipped: first_rows == Some(0) })
    }

    /// Returns whether the result has no more rows, and no other result follows.
    pub(super) fn are_all(&self) -> bool {
        matches!(self.remaining, Remaining::Nothing)
    }
}
