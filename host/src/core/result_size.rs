//! The size of a result, counted while it is read, and its limits.

use super::limits::Limits;
use crate::telemetry::GuestMeters;
use crate::types::{BatchBuilder, Error, Limit, Result};

/// The rows and bytes of a result that have been read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ResultSize {
    rows: u64,
    bytes: u64,
}

impl ResultSize {
    /// Returns the size with another batch. Fails with `limit-exceeded` if it exceeds the limits of
    /// a whole result.
    pub(super) fn with(self, batch: &BatchBuilder, limits: &Limits) -> Result<Self> {
        let (rows, bytes) = batch.size();
        let size = Self {
            rows: self.rows.saturating_add(rows.into()),
            // `usize` has at most 64 bits.
            bytes: self.bytes.saturating_add(bytes as u64),
        };
        if size.rows > limits.result_rows {
            let message = format!("the result has more than the {} rows that the grant allows", limits.result_rows);
            return Err(Error::limit(Limit::ResultRows, message));
        }
        if size.bytes > limits.result_bytes {
            let message = format!("the result has more than the {} bytes that the grant allows", limits.result_bytes);
            return Err(Error::limit(Limit::ResultBytes, message));
        }
        Ok(size)
    }

    /// Adds the size to the metrics once the result has ended.
    pub(super) fn record(self, meters: &GuestMeters) {
        meters.returned(self.rows, self.bytes);
    }
}
