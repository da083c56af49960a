//! Metrics of connections: their number, their durations, and why they end.

use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, End, Gate, Metrics, PATIENCE, Schema, guest, until};

use super::{CONNECTIONS, Counted, DISCARDED, IDLE, LIMITS, PENDING, TIMEOUTS, USED};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn trap_leaves_no_connection_counted_as_used() {
    for api in Api::BOTH {
        let mut counted = Counted::of(2).await;
        counted.schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
        counted.schema.run("INSERT INTO locked VALUES (1, 0)").await;
        let outcome = counted.guest(programs::TRAP_IN_A_TRANSACTION).api(api).run().await;
        assert!(matches!(outcome.end, End::Trap(_)), "{outcome:?}");
        counted.wait_for(CONNECTIONS, USED, 0.0).await;
        until("no connection of the pool is in use", PATIENCE, async || counted.database.status().in_use == 0).await;
        assert_eq!(counted.value(CONNECTIONS, IDLE), counted.database.status().idle as f64);
        counted.counts(&[(PENDING, &[], 0), (super::TRANSACTIONS, &[], 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gauges_match_the_pool_status() {
    let counted = Counted::of(3).await;
    counted.counts(&[
        ("db_client_connection_max", &[], 3),
        ("db_client_connection_idle_max", &[], 3),
        ("db_client_connection_idle_min", &[], 0),
        (CONNECTIONS, &[], 0),
    ]);
    let mut gate = counted.schema.gate().await;
    let hold = |gate: &Gate| counted.guest(programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    let one = hold(&gate);
    gate.awaited_by(1).await;
    let other = hold(&gate);
    gate.awaited_by(2).await;
    counted.counts(&[(CONNECTIONS, USED, 2), (CONNECTIONS, IDLE, 0)]);
    let status = counted.database.status();
    assert_eq!((status.in_use, status.idle), (2, 0));

    gate.open().await;
    one.ended().await.success();
    other.ended().await.success();
    counted.wait_for(CONNECTIONS, IDLE, 2.0).await;
    counted.counts(&[
        (CONNECTIONS, USED, 0),
        ("db_client_connection_create_time_seconds_count", &[], 2),
        // Opening each engine acquires a connection too, but runs no statement on it.
        ("db_client_connection_use_time_seconds_count", &[], 4),
        ("db_client_connection_wait_time_seconds_count", &[("wasmysql_guest", "test")], 4),
        ("wasmysql_connection_reset_time_seconds_count", &[], 2),
        (DISCARDED, &[], 0),
    ]);

    let Counted { metrics, schema, database } = counted;
    let labels = [("db_client_connection_pool_name", schema.name())];
    database.shutdown(PATIENCE).await;
    metrics.wait_for(CONNECTIONS, &labels, 0.0, PATIENCE).await;
    assert_eq!(metrics.value(DISCARDED, &[labels[0], ("wasmysql_reason", "closed")]), 2.0);
    drop(database);
    metrics.wait_for("db_client_connection_max", &labels, 0.0, PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiters_and_acquire_timeouts_are_counted() {
    let counted = Counted::new().await;
    let mut gate = counted.schema.gate().await;
    let holder = counted.guest(programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let short_timeout = Grant::default().acquire_timeout(Duration::from_millis(200));
    let waiter = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("waiter");
    let waiter = waiter.database("main", &counted.database, short_timeout).start();
    counted.wait_for(PENDING, &[], 1.0).await;
    assert!(waiter.ended().await.success().starts_with("Timeout(Acquire)"));
    counted.counts(&[(PENDING, &[], 0), (TIMEOUTS, &[("wasmysql_guest", "waiter")], 1), (TIMEOUTS, &[], 1)]);

    let refused = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("refused");
    let refused = refused.database("main", &counted.database, Grant::default().max_waiters(0));
    assert!(refused.run().await.success().starts_with("LimitExceeded(Waiters)"));
    let limit = [("wasmysql_limit", "waiters"), ("wasmysql_guest", "refused")];
    counted.counts(&[(PENDING, &[], 0), (TIMEOUTS, &[], 1), (LIMITS, &limit, 1)]);

    // This guest is dropped while it waits.
    let dropped = counted.guest(programs::WAITS_FOR_A_CONNECTION).start();
    counted.wait_for(PENDING, &[], 1.0).await;
    dropped.abandon().await;
    counted.wait_for(PENDING, &[], 0.0).await;

    gate.open().await;
    holder.ended().await.success();
    counted.wait_for(CONNECTIONS, IDLE, 1.0).await;
    let seconds = counted.value("db_client_connection_use_time_seconds_sum", &[]);
    assert!(seconds >= 0.2, "the gate was closed for longer than the first waiter's timeout: {seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_and_expired_connections_count_as_discarded() {
    let metrics = Metrics::listen();
    let schema = Schema::new().await;
    let short = Duration::from_millis(50);
    for (reason, options) in [
        ("idle", schema.options().name("counted idle").idle_timeout(short)),
        ("expired", schema.options().name("counted expired").max_lifetime(short)),
    ] {
        let name = format!("counted {reason}");
        let database = Database::new(options).unwrap();
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
        guest.args(["DO 1"]).run().await.success();
        let labels = [("db_client_connection_pool_name", &*name)];
        metrics.wait_for(CONNECTIONS, &labels, 0.0, PATIENCE).await;
        let discarded = || metrics.value(DISCARDED, &[labels[0], ("wasmysql_reason", reason)]);
        // Counted after the connection has left the number of connections.
        until("a connection counts as discarded", PATIENCE, async || discarded() >= 1.0).await;
        assert_eq!(
            metrics.value(DISCARDED, &labels),
            discarded(),
            "{reason}: connections were discarded for another reason"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_killed_while_idle_counts_as_lost() {
    let mut counted = Counted::new().await;
    let run =
        async |counted: &Counted| counted.guest(programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    run(&counted).await;
    counted.wait_for(CONNECTIONS, IDLE, 1.0).await;
    let sql = format!(
        "SELECT id FROM information_schema.processlist WHERE db = '{}' AND user <> 'root'",
        counted.schema.name()
    );
    let id: u64 = counted.schema.value(&sql).await;
    counted.schema.run(&format!("KILL {id}")).await;
    run(&counted).await;
    counted.wait_for(DISCARDED, &[("wasmysql_reason", "lost")], 1.0).await;
    counted.wait_for(CONNECTIONS, IDLE, 1.0).await;
    counted.counts(&[(CONNECTIONS, USED, 0), (DISCARDED, &[], 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_connects_are_counted_by_reason() {
    let metrics = Metrics::listen();
    let schema = Schema::new().await;
    for (name, error, options) in [
        ("counted nowhere", "unreachable", DatabaseOptions::tcp("127.0.0.1", 1)),
        ("counted stranger", "auth-failed", schema.options().password("not this one")),
    ] {
        let database = Database::new(options.name(name)).unwrap();
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
        guest.args(["DO 1"]).run().await.success();
        let labels = [("db_client_connection_pool_name", name), ("error_type", error)];
        assert_eq!(metrics.value("wasmysql_connection_create_failures_total", &labels), 1.0, "{name}");
        assert_eq!(metrics.value(CONNECTIONS, &labels[..1]), 0.0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaked_connection_is_counted_once() {
    let counted = Counted::new().await;
    let options = counted.schema.options().name("counted leak").leak_report_after(Duration::from_millis(100));
    let database = Database::new(options).unwrap();
    let grant = Grant::new(Statements::Dml);
    let leaker = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, grant).args(["DO SLEEP(1)"]).start();
    let labels = [("db_client_connection_pool_name", "counted leak"), ("wasmysql_guest", "test")];
    counted.metrics.wait_for("wasmysql_connection_leaks_total", &labels, 1.0, PATIENCE).await;
    leaker.ended().await.success();
    assert_eq!(counted.metrics.value("wasmysql_connection_leaks_total", &labels), 1.0);
}
