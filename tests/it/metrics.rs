//! Metrics of real traffic, as exported to Prometheus. Each test uses a database name of its own,
//! so that concurrent tests do not affect its values.

mod connections;
mod statements;
mod transactions;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Guest, Metrics, PATIENCE, Schema, guest};

/// A database whose metrics carry its schema's name.
struct Counted {
    metrics: Metrics,
    schema: Schema,
    database: Database,
}

impl Counted {
    async fn new() -> Self {
        Self::of(1).await
    }

    /// Creates a database with a pool of this size.
    async fn of(connections: usize) -> Self {
        let metrics = Metrics::listen();
        let schema = Schema::new().await;
        let database = schema.database_of(connections);
        Self { metrics, schema, database }
    }

    fn guest(&self, program: &'static str) -> Guest {
        guest(program).database("main", &self.database, Grant::new(Statements::Ddl))
    }

    /// Returns the sum of this database's samples with this name and these labels.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.metrics.value(name, &self.with(labels))
    }

    /// Waits until the sum is `value`.
    async fn wait_for(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.metrics.wait_for(name, &self.with(labels), value, PATIENCE).await;
    }

    /// Checks the sums of these samples.
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

/// A name, labels, and the expected sum of the samples that have them.
type Expected<'e> = (&'e str, &'e [(&'e str, &'e str)], u32);

/// The number of calls.
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
