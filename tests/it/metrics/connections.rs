//! Connections: how many there are, how long things take, and how they end.

use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, End, Gate, Metrics, PATIENCE, Schema, guest, until};

use super::{CONNECTIONS, Counted, DISCARDED, IDLE, LIMITS, PENDING, TIMEOUTS, USED};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_leaves_no_connection_that_counts_as_used() {
    for api in Api::BOTH {
        let mut counted = Counted::of(2).await;
        counted.schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
        counted.schema.run("INSERT INTO locked VALUES (1, 0)").await;
        let outcome = counted.guest(programs::TRAP_IN_A_TRANSACTION).api(api).run().await;
        assert!(matches!(outcome.end, End::Trap(_)), "{outcome:?}");
        counted.comes_to(CONNECTIONS, USED, 0.0).await;
        until("the pool says so too", PATIENCE, async || counted.database.status().in_use == 0).await;
        assert_eq!(counted.value(CONNECTIONS, IDLE), counted.database.status().idle as f64);
        counted.counts(&[(PENDING, &[], 0), (super::TRANSACTIONS, &[], 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gauges_are_what_the_pool_says() {
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
    counted.comes_to(CONNECTIONS, IDLE, 2.0).await;
    counted.counts(&[
        (CONNECTIONS, USED, 0),
        ("db_client_connection_create_time_seconds_count", &[], 2),
        // Each has opened the engine, too, which uses none.
        ("db_client_connection_use_time_seconds_count", &[], 4),
        ("db_client_connection_wait_time_seconds_count", &[("wasmysql_guest", "test")], 4),
        // And the first was asked about its server.
        ("wasmysql_connection_reset_time_seconds_count", &[], 3),
        (DISCARDED, &[], 0),
    ]);

    let Counted { metrics, schema, database } = counted;
    let labels = [("db_client_connection_pool_name", schema.name())];
    database.shutdown(PATIENCE).await;
    metrics.come_to(CONNECTIONS, &labels, 0.0, PATIENCE).await;
    assert_eq!(metrics.value(DISCARDED, &[labels[0], ("wasmysql_reason", "closed")]), 2.0);
    drop(database);
    metrics.come_to("db_client_connection_max", &labels, 0.0, PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_counted_while_it_waits_and_when_it_waited_in_vain() {
    let counted = Counted::new().await;
    let mut gate = counted.schema.gate().await;
    let holder = counted.guest(programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let impatient = Grant::default().acquire_timeout(Duration::from_millis(200));
    let waiter = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("waiter");
    let waiter = waiter.database("main", &counted.database, impatient).start();
    counted.comes_to(PENDING, &[], 1.0).await;
    assert!(waiter.ended().await.success().starts_with("Timeout(Step::Acquire)"));
    counted.counts(&[(PENDING, &[], 0), (TIMEOUTS, &[("wasmysql_guest", "waiter")], 1), (TIMEOUTS, &[], 1)]);

    let unwelcome = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("unwelcome");
    let unwelcome = unwelcome.database("main", &counted.database, Grant::default().max_waiters(0));
    assert!(unwelcome.run().await.success().starts_with("LimitExceeded(Limit::Waiters)"));
    let limit = [("wasmysql_limit", "waiters"), ("wasmysql_guest", "unwelcome")];
    counted.counts(&[(PENDING, &[], 0), (TIMEOUTS, &[], 1), (LIMITS, &limit, 1)]);

    // One that goes away while it waits.
    let leaver = counted.guest(programs::WAITS_FOR_A_CONNECTION).start();
    counted.comes_to(PENDING, &[], 1.0).await;
    leaver.abandon().await;
    counted.comes_to(PENDING, &[], 0.0).await;

    gate.open().await;
    holder.ended().await.success();
    counted.comes_to(CONNECTIONS, IDLE, 1.0).await;
    let seconds = counted.value("db_client_connection_use_time_seconds_sum", &[]);
    assert!(seconds >= 0.2, "the gate was closed for longer than the other waited: {seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_nobody_wants_or_that_are_old_are_counted_out() {
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
        metrics.come_to(CONNECTIONS, &labels, 0.0, PATIENCE).await;
        let discarded = metrics.value(DISCARDED, &[labels[0], ("wasmysql_reason", reason)]);
        assert!(discarded >= 1.0, "{reason}");
        assert_eq!(metrics.value(DISCARDED, &labels), discarded, "for no other reason");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_killed_while_it_was_idle_is_counted_as_lost() {
    let mut counted = Counted::new().await;
    let run =
        async |counted: &Counted| counted.guest(programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    run(&counted).await;
    counted.comes_to(CONNECTIONS, IDLE, 1.0).await;
    let sql = format!(
        "SELECT id FROM information_schema.processlist WHERE db = '{}' AND user <> 'root'",
        counted.schema.name()
    );
    let id: u64 = counted.schema.value(&sql).await;
    counted.schema.run(&format!("KILL {id}")).await;
    run(&counted).await;
    counted.comes_to(DISCARDED, &[("wasmysql_reason", "lost")], 1.0).await;
    counted.comes_to(CONNECTIONS, IDLE, 1.0).await;
    counted.counts(&[(CONNECTIONS, USED, 0), (DISCARDED, &[], 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_to_connect_that_fail_are_counted_with_their_reason() {
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
async fn a_connection_that_is_lent_for_long_is_counted_once() {
    let counted = Counted::new().await;
    let options = counted.schema.options().name("counted leak").leak_report_after(Duration::from_millis(100));
    let database = Database::new(options).unwrap();
    let grant = Grant::new(Statements::Dml);
    let leaker = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, grant).args(["DO SLEEP(1)"]).start();
    let labels = [("db_client_connection_pool_name", "counted leak"), ("wasmysql_guest", "test")];
    counted.metrics.come_to("wasmysql_connection_leaks_total", &labels, 1.0, PATIENCE).await;
    leaker.ended().await.success();
    assert_eq!(counted.metrics.value("wasmysql_connection_leaks_total", &labels), 1.0);
}
