//! The names: what `docs/metrics.md` tells of, and dashboards are made of.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// How long a call took that talks to a server.
pub const OPERATION_DURATION: &str = "db.client.operation.duration";
/// Rows of a result, when it ends.
pub const RETURNED_ROWS: &str = "db.client.response.returned_rows";
/// Bytes of a result, when it ends.
pub const RETURNED_BYTES: &str = "wasmysql.response.returned_bytes";

/// Connections of a pool, by their state.
pub const CONNECTIONS: &str = "db.client.connection.count";
/// Connections that a pool may have.
pub const CONNECTIONS_MAX: &str = "db.client.connection.max";
/// Connections that may be idle.
pub const CONNECTIONS_IDLE_MAX: &str = "db.client.connection.idle.max";
/// Connections that a pool keeps ready.
pub const CONNECTIONS_IDLE_MIN: &str = "db.client.connection.idle.min";
/// Calls that wait for a connection.
pub const PENDING_REQUESTS: &str = "db.client.connection.pending_requests";
/// Calls that waited for a connection in vain.
pub const TIMEOUTS: &str = "db.client.connection.timeouts";
/// How long connecting and logging in took.
pub const CREATE_TIME: &str = "db.client.connection.create_time";
/// How long a guest waited for a connection that it got.
pub const WAIT_TIME: &str = "db.client.connection.wait_time";
/// How long a connection was lent.
pub const USE_TIME: &str = "db.client.connection.use_time";

/// Attempts to connect that failed.
pub const CREATE_FAILURES: &str = "wasmysql.connection.create_failures";
/// How long making a connection ready for its next borrower took.
pub const RESET_TIME: &str = "wasmysql.connection.reset_time";
/// Connections that were closed.
pub const DISCARDED: &str = "wasmysql.connection.discarded";
/// Abandoned statements that were stopped at the server.
pub const KILLS: &str = "wasmysql.connection.kills";
/// Connections that are reported because they are lent for long.
pub const LEAKS: &str = "wasmysql.connection.leaks";
/// Statements that are reported because they took long.
pub const SLOW_STATEMENTS: &str = "wasmysql.statement.slow";
/// Calls that were refused or ended because of a limit.
pub const LIMIT_HITS: &str = "wasmysql.limit.hits";
/// How long transactions were open.
pub const TRANSACTION_DURATION: &str = "wasmysql.transaction.duration";

/// The labels' names.
pub mod label {
    /// The database, as the embedder named it: [`DatabaseOptions::name`](crate::DatabaseOptions::name).
    pub const DATABASE: &str = "db.client.connection.pool.name";
    /// The guest, as the embedder named it.
    pub const GUEST: &str = "wasmysql.guest";
    /// `mariadb` or `mysql`.
    pub const SYSTEM: &str = "db.system.name";
    /// The schema that unqualified names refer to; absent where there is none.
    pub const NAMESPACE: &str = "db.namespace";
    /// What was called: `execute`, `execute-many`, `prepare`, `fetch`, `begin`, `commit`, `rollback`, `release`, `prepare-transaction`.
    pub const OPERATION: &str = "db.operation.name";
    /// The kind of statement, as grants have it: `read`, `dml`, `ddl`, `any`; `host` for one that is the host's alone, `unknown` for one
    /// that was refused before it was looked at. Absent where no statement is.
    pub const KIND: &str = "wasmysql.statement.kind";
    /// Why it failed, as the contract has it: `timeout(execute)`, `server(deadlock)`; `cancelled` where the guest went away. Absent where it
    /// did not fail.
    pub const ERROR: &str = "error.type";
    /// `idle` or `used`.
    pub const STATE: &str = "db.client.connection.state";
    /// Why a connection was closed.
    pub const REASON: &str = "wasmysql.reason";
    /// Which limit, as the contract has it: `connections`, `row-bytes`.
    pub const LIMIT: &str = "wasmysql.limit";
    /// How a transaction ended.
    pub const OUTCOME: &str = "wasmysql.transaction.outcome";
}

/// Boundaries for durations: from a fifth of what a query by key takes to the longest that a grant allows by default.
pub const SECONDS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 60.0];
/// Boundaries for rows.
pub const ROWS: [f64; 8] = [0.0, 1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];
/// Boundaries for bytes: powers of 16 from 256 to 4 GiB.
pub const BYTES: [f64; 7] = [256.0, 4_096.0, 65_536.0, 1_048_576.0, 16_777_216.0, 268_435_456.0, 4_294_967_296.0];

/// What a metric counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instrument {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often and how much.
    Histogram,
}

/// One of the metrics.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, one of the constants.
    pub name: &'static str,
    /// What it is.
    pub instrument: Instrument,
    /// What it is counted in.
    pub unit: Unit,
    /// The labels that it can have.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub meaning: &'static str,
}

/// All metrics of this crate.
pub const METRICS: [Metric; 20] = {
    use Instrument::{Counter, Gauge, Histogram};
    use label::{DATABASE, ERROR, GUEST, KIND, LIMIT, NAMESPACE, OPERATION, OUTCOME, REASON, STATE, SYSTEM};
    [
        Metric {
            name: OPERATION_DURATION,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE, OPERATION, KIND, ERROR],
            meaning: "How long a call took that talks to a server, its deadline included; its count is the number of calls.",
        },
        Metric {
            name: RETURNED_ROWS,
            instrument: Histogram,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE],
            meaning: "Rows that a guest read of a result, when the result has ended.",
        },
        Metric {
            name: RETURNED_BYTES,
            instrument: Histogram,
            unit: Unit::Bytes,
            labels: &[DATABASE, GUEST, SYSTEM, NAMESPACE],
            meaning: "Bytes that a guest read of a result, when the result has ended: widths of numbers and times, bytes of texts.",
        },
        Metric {
            name: CONNECTIONS,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE, STATE],
            meaning: "Connections of the pool: lent or being reset (used), or waiting for a borrower (idle).",
        },
        Metric {
            name: CONNECTIONS_MAX,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Connections that the pool may have.",
        },
        Metric {
            name: CONNECTIONS_IDLE_MAX,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Connections that may be idle: as many as the pool may have.",
        },
        Metric {
            name: CONNECTIONS_IDLE_MIN,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Connections that the pool keeps, whether they are asked for or not.",
        },
        Metric {
            name: PENDING_REQUESTS,
            instrument: Gauge,
            unit: Unit::Count,
            labels: &[DATABASE],
            meaning: "Calls that wait, for a connection of the pool or for one of those that their guest may hold.",
        },
        Metric {
            name: TIMEOUTS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Calls for which no connection came free in time, of the pool or of those that their guest may hold.",
        },
        Metric {
            name: CREATE_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "How long connecting and logging in took.",
        },
        Metric {
            name: WAIT_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST],
            meaning: "How long a guest waited for a connection that it got.",
        },
        Metric {
            name: USE_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "How long a connection was lent, without its reset.",
        },
        Metric {
            name: CREATE_FAILURES,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, ERROR],
            meaning: "Attempts to connect that failed.",
        },
        Metric {
            name: RESET_TIME,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE],
            meaning: "How long making a connection ready for its next borrower took; its count is the number of resets.",
        },
        Metric {
            name: DISCARDED,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, REASON],
            meaning: "Connections that were closed, and why.",
        },
        Metric {
            name: KILLS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, ERROR],
            meaning: "Abandoned statements that the server has ended; with `error.type`, those that the host could not see ended.",
        },
        Metric {
            name: LEAKS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Connections that were lent for longer than leak_report_after, each once.",
        },
        Metric {
            name: SLOW_STATEMENTS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST],
            meaning: "Statements that took slow_statement_after or longer, however they ended.",
        },
        Metric {
            name: LIMIT_HITS,
            instrument: Counter,
            unit: Unit::Count,
            labels: &[DATABASE, GUEST, LIMIT],
            meaning: "Calls that were refused or ended because of a limit of the grant.",
        },
        Metric {
            name: TRANSACTION_DURATION,
            instrument: Histogram,
            unit: Unit::Seconds,
            labels: &[DATABASE, GUEST, OUTCOME],
            meaning: "How long outermost transactions were open; its count is the number of transactions.",
        },
    ]
};

/// Tells the recorder what each metric means. [`Database::new`](crate::Database::new) does.
pub fn describe() {
    for Metric { name, instrument, unit, meaning, .. } in METRICS {
        match instrument {
            Instrument::Counter => describe_counter!(name, unit, meaning),
            Instrument::Gauge => describe_gauge!(name, unit, meaning),
            Instrument::Histogram => describe_histogram!(name, unit, meaning),
        }
    }
}
