//! What is counted of one guest's use of one database.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Counter, Histogram, Label, counter, histogram};

use super::call::Operation;
use super::handles::Handles;
use super::{label, names};
use crate::sql::StatementKind;
use crate::types::Limit;

/// Kinds of statements, and none.
const KINDS: usize = 6;

/// The metrics of all guests of one name, with one database. Those of what succeeds are found by an index, since they are recorded with
/// each statement.
#[derive(Debug)]
pub(crate) struct GuestMeters {
    database: Arc<str>,
    guest: Arc<str>,
    namespace: Option<Arc<str>>,
    /// Known once the server was asked, and before any statement is sent.
    system: OnceLock<&'static str>,
    /// From which time on a statement is reported.
    slow_after: Option<Duration>,
    wait_time: Histogram,
    timeouts: Counter,
    leaks: Counter,
    slow_statements: Counter,
    done: [[OnceLock<Histogram>; KINDS]; Operation::COUNT],
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
    ) -> GuestMeters {
        let labels = || labels(database, guest);
        GuestMeters {
            namespace: namespace.map(Arc::from),
            system: OnceLock::new(),
            slow_after,
            wait_time: histogram!(names::WAIT_TIME, labels()),
            timeouts: counter!(names::TIMEOUTS, labels()),
            leaks: counter!(names::LEAKS, labels()),
            slow_statements: counter!(names::SLOW_STATEMENTS, labels()),
            done: Default::default(),
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

    /// Says what the server is.
    pub(crate) fn served_by(&self, system: &'static str) {
        let _ = self.system.set(system);
    }

    /// A result has ended, of which the guest read so much.
    pub(crate) fn returned(&self, rows: u64, bytes: u64) {
        let histogram = |name| histogram!(name, self.of_server());
        // Beyond 2^53 the last digits are lost.
        self.rows.get_or_init(|| histogram(names::RETURNED_ROWS)).record(rows as f64);
        self.bytes.get_or_init(|| histogram(names::RETURNED_BYTES)).record(bytes as f64);
    }

    /// A connection of the guest is reported.
    pub(crate) fn leaks(&self) {
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

    /// Whether a statement that took so long is to be reported.
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
            let mut labels = self.of_server();
            labels.push(Label::from_static_parts(label::OPERATION, operation.name()));
            if operation.is_of_a_statement() {
                labels.push(Label::from_static_parts(label::KIND, kind.map_or("unknown", StatementKind::name)));
            }
            labels.extend(failed.map(|why| Label::from_static_parts(label::ERROR, why)));
            histogram!(names::OPERATION_DURATION, labels)
        };
        match failed {
            None => {
                let kind = kind.map_or(0, |kind| 1 + kind as usize);
                let known = self.done.get(operation as usize).and_then(|kinds| kinds.get(kind));
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

    fn of_server(&self) -> Vec<Label> {
        let mut labels = labels(&self.database, &self.guest);
        labels.extend(self.system.get().map(|system| Label::from_static_parts(label::SYSTEM, system)));
        labels.extend(self.namespace.as_ref().map(|schema| Label::new(label::NAMESPACE, Arc::clone(schema))));
        labels
    }
}

fn labels(database: &Arc<str>, guest: &Arc<str>) -> Vec<Label> {
    vec![Label::new(label::DATABASE, Arc::clone(database)), Label::new(label::GUEST, Arc::clone(guest))]
}
