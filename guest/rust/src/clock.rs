//! Waiting without blocking.

use crate::bindings::clocks::wait_for;
use std::time::Duration;

/// Waits. What is longer than 584 years is that long.
pub(crate) async fn pause(duration: Duration) {
    wait_for(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)).await;
}
