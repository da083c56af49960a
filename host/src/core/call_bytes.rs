//! Bounds the memory of waiting calls: the total size of the texts and parameters that the calls of
//! a guest hold in the host.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::limits::Limits;
use crate::types::{Error, Limit, Result};

/// The bytes of statements and parameters of all calls in flight of a guest.
#[derive(Debug, Default)]
pub(super) struct CallBytes {
    used: AtomicUsize,
}

/// The bytes of one call. Dropping it frees them.
#[derive(Debug)]
pub(super) struct Reservation {
    bytes: usize,
    of: Arc<CallBytes>,
}

impl CallBytes {
    /// Reserves the bytes of a call. The guest may use as many as calls on all its connections can
    /// have together; fails with `limit-exceeded(parameter-bytes)` beyond that.
    pub(super) fn reserve(self: &Arc<Self>, bytes: usize, limits: &Limits) -> Result<Reservation> {
        let per_call = limits.all_parameter_bytes.saturating_add(limits.sql_bytes);
        let allowed = per_call.saturating_mul(limits.connections);
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let reservation = Reservation { bytes, of: Arc::clone(self) };
        if before.saturating_add(bytes) <= allowed {
            return Ok(reservation);
        }
        Err(Error::limit(
            Limit::ParameterBytes,
            format!(
                "the calls in flight of this guest hold {before} bytes of statements and parameters, and this call has \
                 {bytes}; {allowed} are allowed together; await some of the calls first"
            ),
        ))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.of.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
