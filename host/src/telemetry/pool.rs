//! The metrics of a pool, for all its guests.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Label, counter, gauge, histogram};

use super::connection::Discarded;
use super::handles::Handles;
use super::{label, names};
use crate::types::Error;

/// The metrics of a pool. Pools of the same name add up: dropping a pool restores the gauges to
/// their values without it.
#[derive(Debug)]
pub(crate) struct PoolMeters {
    name: Arc<str>,
    pub(super) idle: Gauge,
    pub(super) used: Gauge,
    pub(super) use_time: Histogram,
    pub(super) discarded: [Counter; Discarded::ALL.len()],
    pending: Gauge,
    create_time: Histogram,
    create_failures: Handles<&'static str, Counter>,
    reset_time: Histogram,
    kills: Counter,
    failed_kills: Handles<&'static str, Counter>,
    bounds: [(Gauge, u32); 3],
}

impl PoolMeters {
    /// Creates the metrics of a pool that keeps at least `min` and at most `max` connections.
    pub(crate) fn new(name: Arc<str>, min: usize, max: usize) -> Arc<Self> {
        names::describe();
        let labels = || vec![Label::new(label::DATABASE, Arc::clone(&name))];
        let with = |key, value: &'static str| [labels(), vec![Label::from_static_parts(key, value)]].concat();
        let bounded = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let bounds = [
            (gauge!(names::CONNECTIONS_MAX, labels()), bounded(max)),
            (gauge!(names::CONNECTIONS_IDLE_MAX, labels()), bounded(max)),
            (gauge!(names::CONNECTIONS_IDLE_MIN, labels()), bounded(min)),
        ];
        bounds.iter().for_each(|(gauge, bound)| gauge.increment(*bound));
        Arc::new(Self {
            idle: gauge!(names::CONNECTIONS, with(label::STATE, "idle")),
            used: gauge!(names::CONNECTIONS, with(label::STATE, "used")),
            use_time: histogram!(names::USE_TIME, labels()),
            discarded: Discarded::ALL.map(|why| counter!(names::DISCARDED, with(label::REASON, why.name()))),
            pending: gauge!(names::PENDING_REQUESTS, labels()),
            create_time: histogram!(names::CREATE_TIME, labels()),
            create_failures: Handles::default(),
            reset_time: histogram!(names::RESET_TIME, labels()),
            kills: counter!(names::KILLS, labels()),
            failed_kills: Handles::default(),
            bounds,
            name,
        })
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Counts a call that starts waiting.
    pub(crate) fn waiter_added(&self) {
        self.pending.increment(1);
    }

    /// Counts a call that stops waiting.
    pub(crate) fn waiter_removed(&self) {
        self.pending.decrement(1);
    }

    pub(crate) fn connected(&self, took: Duration) {
        self.create_time.record(took);
    }

    pub(crate) fn connect_failed(&self, error: &Error) {
        let why = error.kind.name();
        self.create_failures.get(why, || counter!(names::CREATE_FAILURES, self.failed(why))).increment(1);
    }

    pub(crate) fn reset(&self, took: Duration) {
        self.reset_time.record(took);
    }

    /// Counts an abandoned statement or transaction. `failed` is the error if the host could not
    /// confirm its end.
    pub(crate) fn killed(&self, failed: Option<&'static str>) {
        match failed {
            None => self.kills.increment(1),
            Some(why) => self.failed_kills.get(why, || counter!(names::KILLS, self.failed(why))).increment(1),
        }
    }

    fn failed(&self, why: &'static str) -> Vec<Label> {
        vec![Label::new(label::DATABASE, Arc::clone(&self.name)), Label::from_static_parts(label::ERROR, why)]
    }
}

impl Drop for PoolMeters {
    fn drop(&mut self) {
        self.bounds.iter().for_each(|(gauge, bound)| gauge.decrement(*bound));
    }
}
