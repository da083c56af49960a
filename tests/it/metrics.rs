//! What the host counts of real traffic, as Prometheus gets it. Each test has a database of its own name, so those beside it don't count.

mod connections;
mod statements;
mod transactions;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Guest, Metrics, PATIENCE, Schema, guest};

/// A database that is counted, under its schema's name.
struct Counted {
    metrics: Metrics,
    schema: Schema,
    database: Database,
}

impl Counted {
    async fn new() -> Self {
        Self::of(1).await
    }

    /// With a pool of this size.
    async fn of(connections: usize) -> Self {
        let metrics = Metrics::listen();
        let schema = Schema::new().await;
        let database = schema.database_of(connections);
        Self { metrics, schema, database }
    }

    fn guest(&self, program: &'static str) -> Guest {
        guest(program).database("main", &self.database, Grant::new(Statements::Ddl))
    }

    /// The sum of what is counted under a name for this database, with these labels.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.metrics.value(name, &self.with(labels))
    }

    /// Waits until it is so much.
    async fn comes_to(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.metrics.come_to(name, &self.with(labels), value, PATIENCE).await;
    }

    /// Checks what is counted.
    #[track_caller]
    fn counts(&self, expected: &[Expected<'_>]) {
        for (name, labels, value) in expected {
            let counted = self.value(name, labels);
            assert!(counted == f64::from(*value), "{name} with {labels:?} is {counted}, not {value}");
        }
    }

    fn with<'l>(&'l self, labels: &[(&'l str, &'l str)]) -> Vec<(&'l str, &'l str)> {
        [&[("db_client_connection_pool_name", self.schema.name())], labels].concat()
    }
}

/// A name, labels, and the sum of what has them.
type Expected<'e> = (&'e str, &'e [(&'e str, &'e str)], u32);

/// How many calls there were.
const CALLS: &str = "db_client_operation_duration_seconds_count";
const CONNECTIONS: &str = "db_client_connection_count";
const USED: &[(&str, &str)] = &[("db_client_connection_state", "used")];
const IDLE: &[(&str, &str)] = &[("db_client_connection_state", "idle")];
const DISCARDED: &str = "wasmysql_connection_discarded_total";
const KILLS: &str = "wasmysql_connection_kills_total";
const TIMEOUTS: &str = "db_client_connection_timeouts_total";
const PENDING: &str = "db_client_connection_pending_requests";
const LIMITS: &str = "wasmysql_limit_hits_total";
const TRANSACTIONS: &str = "wasmysql_transaction_duration_seconds_count";
