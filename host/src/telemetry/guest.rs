//! The metrics of a guest on a database.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Counter, Histogram, Label, counter, histogram};

use super::call::Operation;
use super::handles::Handles;
use super::{label, names};
use crate::sql::StatementKind;
use crate::types::Limit;

/// The number of statement kinds, plus one for calls without a statement.
const KINDS: usize = 1 + StatementKind::COUNT;

/// The metrics of all guests of one name on one database. Success metrics are looked up by index,
/// because each statement records them.
#[derive(Debug)]
pub(crate) struct GuestMeters {
    database: Arc<str>,
    guest: Arc<str>,
    namespace: Option<Arc<str>>,
    /// The product of the server. It is known before the first statement is sent.
    system: OnceLock<&'static str>,
    /// The duration from which a statement is slow.
    slow_after: Option<Duration>,
    wait_time: Histogram,
    timeouts: Counter,
    leaks: Counter,
    slow_statements: Counter,
    succeeded: [[OnceLock<Histogram>; KINDS]; Operation::COUNT],
    failed: Handles<(Operation, Option<StatementKind>, &'static str), Histogram>,
    rows: OnceLock<Histogram>,
    bytes: OnceLock<Histogram>,
    limits: Handles<Limit, Counter>,
    transactions: Handles<&'static str, Histogram>,
}

impl GuestMeters {
    pub(crate) fn new(
        database: &Arc<str>,
        guest: &Arc<str>,
        namespace: Option<&str>,
        slow_after: Option<Duration>,
    ) -> Self {
        let labels = || labels(database, guest);
        Self {
            namespace: namespace.map(Arc::from),
            system: OnceLock::new(),
            slow_after,
            wait_time: histogram!(names::WAIT_TIME, labels()),
            timeouts: counter!(names::TIMEOUTS, labels()),
            leaks: counter!(names::LEAKS, labels()),
            slow_statements: counter!(names::SLOW_STATEMENTS, labels()),
            succeeded: Default::default(),
            failed: Handles::default(),
            rows: OnceLock::new(),
            bytes: OnceLock::new(),
            limits: Handles::default(),
            transactions: Handles::default(),
            database: Arc::clone(database),
            guest: Arc::clone(guest),
        }
    }

    pub(crate) fn database(&self) -> &Arc<str> {
        &self.database
    }

    pub(crate) fn guest(&self) -> &Arc<str> {
        &self.guest
    }

    /// Sets the product of the server.
    pub(crate) fn set_system(&self, system: &'static str) {
        let _ = self.system.set(system);
    }

    /// Records the rows and bytes that the guest read of a result, when the result ends.
    pub(crate) fn returned(&self, rows: u64, bytes: u64) {
        let histogram = |name| histogram!(name, self.server_labels());
        // An f64 is exact up to 2^53.
        self.rows.get_or_init(|| histogram(names::RETURNED_ROWS)).record(rows as f64);
        self.bytes.get_or_init(|| histogram(names::RETURNED_BYTES)).record(bytes as f64);
    }

    /// Counts a reported leak of a connection.
    pub(crate) fn leak_reported(&self) {
        self.leaks.increment(1);
    }

    pub(super) fn acquired(&self, took: Duration) {
        self.wait_time.record(took);
    }

    pub(super) fn timed_out(&self) {
        self.timeouts.increment(1);
    }

    pub(super) fn limited(&self, limit: Limit) {
        let make = || {
            let mut labels = labels(&self.database, &self.guest);
            labels.push(Label::from_static_parts(label::LIMIT, limit.name()));
            counter!(names::LIMIT_HITS, labels)
        };
        self.limits.get(limit, make).increment(1);
    }

    /// Counts a statement if it is slow, and returns whether it is slow.
    pub(super) fn is_slow(&self, took: Duration) -> bool {
        let is_slow = self.slow_after.is_some_and(|slow| took >= slow);
        if is_slow {
            self.slow_statements.increment(1);
        }
        is_slow
    }

    pub(super) fn called(
        &self,
        operation: Operation,
        kind: Option<StatementKind>,
        failed: Option<&'static str>,
        took: Duration,
    ) {
        let make = || {
            let mut labels = self.server_labels();
            labels.push(Label::from_static_parts(label::OPERATION, operation.name()));
            if operation.runs_statement() {
                labels.push(Label::from_static_parts(label::KIND, kind.map_or("unknown", StatementKind::name)));
            }
            labels.extend(failed.map(|why| Label::from_static_parts(label::ERROR, why)));
            histogram!(names::OPERATION_DURATION, labels)
        };
        match failed {
            None => {
                let kind = kind.map_or(0, |kind| 1 + kind.index());
                let known = self.succeeded.get(operation as usize).and_then(|kinds| kinds.get(kind));
                known.into_iter().for_each(|known| known.get_or_init(make).record(took));
            }
            Some(why) => self.failed.get((operation, kind, why), make).record(took),
        }
    }

    pub(super) fn transaction(&self, outcome: &'static str, took: Duration) {
        let make = || {
            let mut labels = labels(&self.database, &self.guest);
            labels.push(Label::from_static_parts(label::OUTCOME, outcome));
            histogram!(names::TRANSACTION_DURATION, labels)
        };
        self.transactions.get(outcome, make).record(took);
    }

    fn server_labels(&self) -> Vec<Label> {
        let mut labels = labels(&self.database, &self.guest);
        labels.extend(self.system.get().map(|system| Label::from_static_parts(label::SYSTEM, system)));
        labels.extend(self.namespace.as_ref().map(|schema| Label::new(label::NAMESPACE, Arc::clone(schema))));
        labels
    }
}

fn labels(database: &Arc<str>, guest: &Arc<str>) -> Vec<Label> {
    vec![Label::new(label::DATABASE, Arc::clone(database)), Label::new(label::GUEST, Arc::clone(guest))]
}
