//! The row after a full batch. The host reads it to learn whether the result has ended: an outcome
//! has a cursor only if a further row exists.

use mysql_async::Row;

use crate::driver::rows;
use crate::types::{BatchBuilder, Error, Result};

/// The response that follows a full batch.
#[derive(Debug)]
pub(super) enum LookAhead {
    Row(Row),
    /// The next row is too large for the guest. The row itself is dropped, so that the host does
    /// not hold it until the next call.
    TooLarge(Error),
    /// The statement failed after the rows that the guest has. The next call returns the error.
    Failed(Error),
}

impl LookAhead {
    /// Keeps a row that does not fit the batch.
    pub(super) fn new(row: Row, row_bytes: usize) -> Self {
        match rows::check(&row, row_bytes) {
            Ok(()) => LookAhead::Row(row),
            Err(error) => LookAhead::TooLarge(error),
        }
    }

    /// Appends the row to the next batch.
    pub(super) fn push(self, batch: &mut BatchBuilder, row_bytes: usize) -> Result<()> {
        match self {
            LookAhead::Row(row) => rows::push(batch, row, row_bytes),
            LookAhead::TooLarge(error) | LookAhead::Failed(error) => Err(error),
        }
    }

    /// Discards the row. Returns the error of the statement, if it failed.
    pub(super) fn discard(self) -> Result<()> {
        match self {
            LookAhead::Row(_) | LookAhead::TooLarge(_) => Ok(()),
            LookAhead::Failed(error) => Err(error),
        }
    }
}
