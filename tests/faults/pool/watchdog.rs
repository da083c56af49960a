//! Long leases, lifetimes and shutdown: P7, P8, P9, P16. Also the maintenance of idle sessions.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Logs, PATIENCE, Toxic, Trial, guest, until};

use crate::programs;

/// The time limit for effects at the server that are required immediately.
const SOON: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn p7_session_past_its_lifetime_is_closed_only_when_idle() {
    let mut trial = Trial::new().await;
    let options = trial.options().max_connections(2).max_lifetime(Duration::from_millis(300));
    let database = Database::new(options).unwrap();
    let start = Instant::now();
    let sleeper = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO SLEEP(1)", "DO 1"]).start();
    trial.schema.running("SLEEP(1)", 1, PATIENCE).await;
    let idle = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await;
    idle.success();
    until("maintenance closes the idle session", PATIENCE, async || database.status().size == 1).await;
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "the leased session may have been released already: {:?}",
        start.elapsed()
    );
    assert_eq!(sleeper.ended().await.success(), "done, 0 rows\ndone, 0 rows\n");
    until("the released session is closed", PATIENCE, async || database.status().size == 0).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_sessions_are_closed_down_to_min_connections() {
    let mut trial = Trial::new().await;
    let options = trial.options().max_connections(4).min_connections(2).idle_timeout(Duration::from_millis(300));
    let database = Database::new(options).unwrap();
    let grant = Grant::new(Statements::Read).max_connections(4);
    let holder = guest(programs::FAULT_ACQUIRES_CONCURRENTLY).database("main", &database, grant).args(["4"]);
    assert_eq!(holder.run().await.success(), "4 acquired\n");
    assert_eq!(database.status().size, 4);
    until("two sessions are left", PATIENCE, async || database.status().size == 2).await;
    let status = database.status();
    assert_eq!((status.min_size, status.size, status.idle), (2, 2, 2));
    drop(database);

    let options = trial.options().max_connections(4).min_connections(3);
    let database = Database::new(options).unwrap();
    assert_eq!(database.status().size, 0, "an unused pool has no sessions");
    trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    // A fourth session is possible if the guest acquires one during the maintenance.
    until("min_connections are idle", PATIENCE, async || database.status().idle >= 3).await;
    // A broken session is replaced after the first call that detects it.
    trial.kill("CONNECTION", "").await;
    trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    until("min_connections are idle again", PATIENCE, async || database.status().idle >= 3).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_leak_report_names_the_guest_and_its_release() {
    let trial = Trial::new().await;
    let logs = Logs::listen();
    let options = trial.options().name("main").max_connections(2).leak_report_after(Duration::from_millis(200));
    let database = Database::new(options).unwrap();
    let mut gate = trial.schema.gate().await;
    let holder = guest(programs::WAITS_AT_A_GATE).guest_name("leaky-guest");
    let holder = holder.database("main", &database, Grant::new(Statements::Dml)).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let named = ["guest=\"leaky-guest\"", "database=\"main\""];
    logs.wait_for(&[named[0], named[1], "a connection may be leaked", "activity=\"in a call\""]).await;
    assert!(logs.lines(&[named[0], "is released"]).is_empty());
    gate.open().await;
    holder.ended().await.success();
    logs.wait_for(&[named[0], named[1], "is released"]).await;
    assert_eq!(logs.lines(&[named[0], "a connection may be leaked"]).len(), 1, "the leak is reported once");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_shutdown_waits_its_grace_and_leaves_no_session() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    let run = |sql: &str| trial.guest(&database, programs::RUNS_EACH_STATEMENT).args([sql]).start();
    let (quick, slow) = (run("DO SLEEP(0.3)"), run("DO SLEEP(30)"));
    trial.schema.running("SLEEP(", 2, PATIENCE).await;
    let start = Instant::now();
    let grace = Duration::from_secs(1);
    let ((), late) = tokio::join!(database.shutdown(grace), async {
        until("the database is closed", PATIENCE, async || database.status().max_size == 0).await;
        let late = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default()).args(["DO 1"]);
        late.run().await.success()
    });
    let took = start.elapsed();
    assert!(late.starts_with("PoolClosed: "), "{late}");
    assert_eq!(quick.ended().await.success(), "done, 0 rows\n");
    let slow = slow.ended().await.success();
    assert!(slow.starts_with("PoolClosed: "), "{slow}");
    assert!(took >= grace && took < grace + Duration::from_secs(2), "{took:?}");
    // The host has closed all sockets; the server needs a moment to notice.
    until("no session is left", SOON, async || trial.schema.sessions().await == 0).await;

    // Without leased sessions the shutdown does not wait.
    let idle = trial.database_of(4);
    trial.guest(&idle, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    let start = Instant::now();
    idle.shutdown(Duration::from_secs(20)).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    until("no session is left", SOON, async || trial.schema.sessions().await == 0).await;
    drop((database, idle));
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p16_shutdown_tries_pending_kills_once_more() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    for toxic in [Toxic::BlackHole, Toxic::Down] {
        let database = Database::new(trial.options_over(&proxy).max_connections(1)).unwrap();
        let grant = Grant::default().statement_timeout(Duration::from_secs(1));
        let sleeps = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, grant).args(["DO SLEEP(30)"]);
        let running = sleeps.start();
        trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
        proxy.strand();
        proxy.set(toxic);
        running.ended().await.success();
        until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
        trial.schema.running("SLEEP(30)", 1, SOON).await;
        proxy.clear();
        database.shutdown(PATIENCE).await;
        trial.schema.running("SLEEP(30)", 0, Duration::from_millis(100)).await;
    }
    let database = trial.database_of(1);
    trial.is_over(database).await;
}
