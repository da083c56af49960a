//! How much of a result has been read, and how much may be.

use super::limits::Limits;
use crate::telemetry::GuestMeters;
use crate::types::{BatchBuilder, Error, Limit, Result};

/// How much of a result has been read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ResultSize {
    rows: u64,
    bytes: u64,
}

impl ResultSize {
    /// With a batch more. Fails with `limit-exceeded` where that is over what the grant allows of a whole result.
    pub(super) fn with(self, batch: &BatchBuilder, limits: &Limits) -> Result<ResultSize> {
        let (rows, bytes) = batch.size();
        let size = ResultSize {
            rows: self.rows.saturating_add(rows.into()),
            // No machine has more than 64 bits.
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

    /// Counts it, when the result has ended.
    pub(super) fn record(self, meters: &GuestMeters) {
        meters.returned(self.rows, self.bytes);
    }
}
