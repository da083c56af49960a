//! The names of metrics and labels. `docs/metrics.md` documents them, and dashboards depend on
//! them.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Duration of calls that contact the server.
pub const OPERATION_DURATION: &str = "db.client.operation.duration";
/// Rows of a result, recorded when the result ends.
pub const RETURNED_ROWS: &str = "db.client.response.returned_rows";
/// Bytes of a result, recorded when the result ends.
pub const RETURNED_BYTES: &str = "wasmysql.response.returned_bytes";

/// Connections of a pool, by state.
pub const CONNECTIONS: &str = "db.client.connection.count";
/// Maximum number of connections of a pool.
pub const CONNECTIONS_MAX: &str = "db.client.connection.max";
/// Maximum number of idle connections of a pool.
pub const CONNECTIONS_IDLE_MAX: &str = "db.client.connection.idle.max";
/// Minimum number of connections that a pool keeps open.
pub const CONNECTIONS_IDLE_MIN: &str = "db.client.connection.idle.min";
/// Calls that wait for a connection.
pub const PENDING_REQUESTS: &str = "db.client.connection.pending_requests";
/// Calls that acquired no connection in time.
pub const TIMEOUTS: &str = "db.client.connection.timeouts";
/// Time to connect and log in.
pub const CREATE_TIME: &str = "db.client.connection.create_time";
/// Time until a guest acquired a connection.
pub const WAIT_TIME: &str = "db.client.connection.wait_time";
/// Time that a connection was in use.
pub const USE_TIME: &str = "db.client.connection.use_time";

/// Failed attempts to connect.
pub const CREATE_FAILURES: &str = "wasmysql.connection.create_failures";
/// Time to reset a connection for reuse.
pub const RESET_TIME: &str = "wasmysql.connection.reset_time";
/// Closed connections.
pub const DISCARDED: &str = "wasmysql.connection.discarded";
/// Abandoned statements that the server ended.
pub const KILLS: &str = "wasmysql.connection.kills";
/// Connections that were in use for too long.
pub const LEAKS: &str = "wasmysql.connection.leaks";
/// Lag of a replica.
pub const REPLICA_LAG: &str = "wasmysql.server.replica_lag";
/// Slow statements.
pub const SLOW_STATEMENTS: &str = "wasmysql.statement.slow";
/// Calls that were rejected or ended by a limit.
pub const LIMIT_HITS: &str = "wasmysql.limit.hits";
/// Duration of transactions.
pub const TRANSACTION_DURATION: &str = "wasmysql.transaction.duration";

/// The names of the labels.
pub mod label {
    /// The database, by the name that the embedder gave it:
    /// [`DatabaseOptions::name`](crate::DatabaseOptions::name).
    pub const DATABASE: &str = "db.client.connection.pool.name";
    /// The guest, by the name that the embedder gave it.
    pub const GUEST: &str = "wasmysql.guest";
    /// `mariadb` or `mysql`.
    pub const SYSTEM: &str = "db.system.name";
    /// The schema of unqualified names; absent without a default schema.
    pub const NAMESPACE: &str = "db.namespace";
    /// The call: `execute`, `execute-many`, `prepare`, `fetch`, `begin`, `commit`, `rollback`,
    /// `release`, `prepare-transaction`.
    pub const OPERATION: &str = "db.operation.name";
    /// The kind of the statement, as in grants: `read`, `dml`, `ddl`, `any`. A statement that is
    /// reserved for the host has `host`. A statement that was rejected before its classification
    /// has `unknown`. Absent for calls without a statement.
    pub const KIND: &str = "wasmysql.statement.kind";
    /// The error kind of the contract: `timeout(execute)`, `server(deadlock)`; `cancelled` if the
    /// call was dropped. Absent on success.
    pub const ERROR: &str = "error.type";
    /// `idle` or `used`.
    pub const STATE: &str = "db.client.connection.state";
    /// The server, by its position in the list of the database's servers, from 1.
    pub const SERVER: &str = "wasmysql.server";
    /// The reason why a connection was closed.
    pub const REASON: &str = "wasmysql.reason";
    /// The limit, by its name in the contract: `connections`, `row-bytes`.
    pub const LIMIT: &str = "wasmysql.limit";
    /// The outcome of a transaction.
    pub const OUTCOME: &str = "wasmysql.transaction.outcome";
}

/// Boundaries for durations, in seconds: from a fifth of the duration of a query by key to the
/// longest default timeout of a grant.
pub const SECONDS: &[f64] =
    &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 60.0];
/// Boundaries for rows.
pub const ROWS: &[f64] = &[0.0, 1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];
/// Boundaries for bytes: powers of 16 from 256 to 4 GiB.
pub const BYTES: &[f64] = &[256.0, 4_096.0, 65_536.0, 1_048_576.0, 16_777_216.0, 268_435_456.0, 4_294_967_296.0];

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instrument {
    /// A value that only increases.
    Counter,
    /// A value that increases and decreases.
    Gauge,
    /// A distribution of values.
    Histogram,
}

/// The description of a metric.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Metric {
    /// The name, one of the constants of this module.
    pub name: &'static str,
    /// The type.
    pub instrument: Instrument,
    /// The unit.
    pub unit: Unit,
    /// The possible labels.
    pub labels: &'static [&'static str],
    /// The description, in one sentence.
    pub meaning: &'static str,
}

/// All metrics of this crate.
pub const METRICS: &[Metric] = {
    use Instrument::{Counter, Gauge, Histogram};
    use label::{DATABASE, ERROR, GUEST, KIND, LIMIT, NAMESPACE, OPERATION, OUTCOME, REASON, SERVER, STATE, SYSTEM};
    &[
        Metric {
            name: OPERATION_DURATION,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE, OPERATION, KIND, ERROR],
            meaning: "Duration of calls that contact the server, including calls that reached their deadline; the count is the number of calls.",
        },
        Metric {
            name: RETURNED_ROWS,
            instrument: Histogram,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE],
            meaning: "Rows of a result that the guest read, recorded when the result ends.",
        },
        Metric {
            name: RETURNED_BYTES,
            instrument: Histogram,
            unit: Unit::Bytes,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE],
            meaning: "Bytes of a result that the guest read, recorded when the result ends: widths of numbers and times, bytes of texts.",
        },
        Metric {
            name: CONNECTIONS,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE, STATE],
            meaning: "Connections of the pool: in use or being reset (used), or available (idle).",
        },
        Metric {
            name: CONNECTIONS_MAX,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Maximum number of connections of the pool.",
        },
        Metric {
            name: CONNECTIONS_IDLE_MAX,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Maximum number of idle connections, equal to the maximum of the pool.",
        },
        Metric {
            name: CONNECTIONS_IDLE_MIN,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Minimum number of connections that the pool keeps open, even if no guest needs them.",
        },
        Metric {
            name: PENDING_REQUESTS,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Calls that wait for a connection of the pool, or for the connection quota of their guest.",
        },
        Metric {
            name: TIMEOUTS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Calls that acquired no connection in time, because of the pool or the connection quota of their guest.",
        },
        Metric {
            name: CREATE_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "Time to connect and log in.",
        },
        Metric {
            name: WAIT_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST],
            meaning: "Time until a guest acquired a connection; failed attempts are not included.",
        },
        Metric {
            name: USE_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "Time that a connection was in use, without its reset.",
        },
        Metric {
            name: CREATE_FAILURES,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, ERROR],
            meaning: "Failed attempts to connect.",
        },
        Metric {
            name: RESET_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "Time to reset a connection for reuse; the count is the number of resets.",
        },
        Metric {
            name: DISCARDED,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, REASON],
            meaning: "Closed connections, by reason.",
        },
        Metric {
            name: KILLS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, ERROR],
            meaning: "Abandoned statements and transactions that the server ended; with `error.type`, those whose end the host could not confirm.",
        },
        Metric {
            name: LEAKS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Connections that were in use for longer than leak_report_after, each counted once.",
        },
        Metric {
            name: REPLICA_LAG,
            instrument: Gauge,
            unit: Unit::Seconds,
            labels: &[DATABASE, SERVER],
            meaning: "Lag of a server with prefer_replicas, at its last health check: 0 on a primary, infinite if replication does not run, not a number if unknown.",
        },
        Metric {
            name: SLOW_STATEMENTS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Statements that took at least slow_statement_after, with any outcome.",
        },
        Metric {
            name: LIMIT_HITS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST, LIMIT],
            meaning: "Calls that were rejected or ended by a limit of the grant.",
        },
        Metric {
            name: TRANSACTION_DURATION,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST, OUTCOME],
            meaning: "Duration of outermost transactions; the count is the number of transactions.",
        },
    ]
};

/// Registers the descriptions of all metrics with the recorder.
/// [`Database::new`](crate::Database::new) calls this function.
pub fn describe() {
    for &Metric { name, instrument, unit, meaning, .. } in METRICS {
        match instrument {
            Instrument::Counter => describe_counter!(name, unit, meaning),
            Instrument::Gauge => describe_gauge!(name, unit, meaning),
            Instrument::Histogram => describe_histogram!(name, unit, meaning),
        }
    }
}
