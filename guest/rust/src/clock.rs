//! A timer for the async API.

use std::time::Duration;

use crate::bindings::clocks::wait_for;

/// Waits for the duration, but at most 584 years (2^64 ns).
pub(crate) async fn sleep(duration: Duration) {
    wait_for(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)).await;
}
