//! The network drops all packets of existing sessions, without any error.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{PATIENCE, Proxy, Toxic, Trial, Way, guest, until};

use super::{AT_ONCE, leave_idle, over, runs};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn n3_black_hole_during_a_query_frees_the_slot_at_once() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    let grant = Grant::default().statement_timeout(Duration::from_secs(1));
    let running = runs(&database, grant, ["DO SLEEP(30)", "DO 1"]).start();
    trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
    proxy.strand();
    running.printed("Timeout(Execute)").await;
    until("the slot is free", AT_ONCE, async || database.status().in_use == 0).await;
    assert!(running.ended().await.success().contains("\nResourceClosed: "));
    // The host kills the statement over another connection.
    trial.schema.running("SLEEP(30)", 0, Duration::from_secs(2)).await;
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n3_statement_is_killed_once_the_server_is_reachable() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    // If the server does not answer, the slot is free after `kill_timeout`; if connecting is
    // refused, at once.
    for (toxic, at) in [(Toxic::BlackHole, Duration::from_secs(1)), (Toxic::Down, Duration::ZERO)] {
        let database = over(&proxy, &trial, 1);
        let grant = Grant::default().statement_timeout(Duration::from_secs(1));
        let running = runs(&database, grant, ["DO SLEEP(30)"]).start();
        trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
        proxy.strand();
        proxy.set(toxic);
        running.printed("Timeout(Execute)").await;
        let start = Instant::now();
        until("the slot is free", at + Duration::from_millis(500), async || database.status().in_use == 0).await;
        assert!(start.elapsed() + Duration::from_millis(200) > at, "{:?}", start.elapsed());
        running.ended().await.success();
        trial.schema.running("SLEEP(30)", 1, Duration::from_millis(500)).await;
        proxy.clear();
        trial.schema.running("SLEEP(30)", 0, Duration::from_secs(5)).await;
    }
    let database = over(&proxy, &trial, 1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_idle_session_behind_a_black_hole_is_replaced() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    leave_idle(&database, 1).await;
    let before = proxy.connections();
    proxy.strand();
    let start = Instant::now();
    assert_eq!(runs(&database, Grant::default(), ["DO 1"]).run().await.success(), "done, 0 rows\n");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(proxy.connections(), before + 1);
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n4_lasting_black_hole_is_a_timeout() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let second = Duration::from_secs(1);
    let millis = Duration::from_millis;
    let cases = [
        (Toxic::BlackHole, second * 3, "Timeout(Acquire)", second),
        (Toxic::BlackHole, millis(200), "Timeout(Connect)", millis(700)),
        (Toxic::Down, second * 3, "Unreachable", millis(500)),
    ];
    for (toxic, connect_timeout, kind, at) in cases {
        let options = trial.options_over(&proxy).max_connections(1).connect_timeout(connect_timeout);
        let database = Database::new(options).unwrap();
        leave_idle(&database, 1).await;
        proxy.strand();
        proxy.set(toxic);
        let start = Instant::now();
        let output = runs(&database, Grant::default().acquire_timeout(second), ["DO 1"]).run().await.success();
        let took = start.elapsed();
        assert!(output.starts_with(&format!("{kind}: ")), "{output}");
        assert!((at..at + second).contains(&took), "{kind} after {took:?}");
        proxy.clear();
        assert_eq!(runs(&database, Grant::default(), ["DO 1"]).run().await.success(), "done, 0 rows\n");
    }
    let database = over(&proxy, &trial, 1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n5_black_hole_during_reset_frees_the_slot() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    let mut gate = trial.schema.gate().await;
    let waits = guest(programs::WAITS_AT_A_GATE).database("main", &database, Grant::default()).args([gate.name()]);
    let running = waits.start();
    gate.awaited_by(1).await;
    // The guest still receives its answer. The reset that the host sends afterwards does not
    // arrive.
    proxy.set_on(Way::ToServer, Toxic::BlackHole);
    gate.open().await;
    assert_eq!(running.ended().await.success(), "through\n");
    assert_eq!(database.status().in_use, 1, "the session is being reset");
    let took = until("the slot is free", Duration::from_secs(4), async || database.status().in_use == 0).await;
    assert!(took > Duration::from_secs(1), "{took:?}");
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n5_session_whose_reset_hangs_is_killed() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    let mut gate = trial.schema.gate().await;
    let waits = guest(programs::WAITS_AT_A_GATE).database("main", &database, Grant::default()).args([gate.name()]);
    let running = waits.start();
    gate.awaited_by(1).await;
    let waiting = "SELECT id FROM information_schema.processlist WHERE state = 'User lock'";
    let session: u64 = trial.schema.value(waiting).await;
    proxy.set_on(Way::ToServer, Toxic::BlackHole);
    gate.open().await;
    assert_eq!(running.ended().await.success(), "through\n");
    // The reset is not answered, and the server does not notice that the connection is closed. New
    // connections work.
    proxy.clear();
    proxy.strand();
    until("the slot is free", Duration::from_secs(3), async || database.status().in_use == 0).await;
    let listed = format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id = {session}");
    assert_eq!(trial.schema.value::<u32>(&listed).await, 0, "the session has not ended");
    proxy.clear();
    trial.is_over(database).await;
}

/// Breaks ten idle sessions, and checks that a guest still succeeds within two seconds.
async fn ten_broken_sessions_are_replaced(break_sessions: impl FnOnce(&Proxy)) {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 10);
    leave_idle(&database, 10).await;
    break_sessions(&proxy);
    let start = Instant::now();
    assert_eq!(runs(&database, Grant::default(), ["DO 1"]).run().await.success(), "done, 0 rows\n");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    proxy.clear();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n13_ten_reset_sessions_are_replaced_at_once() {
    ten_broken_sessions_are_replaced(Proxy::reset).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n13_ten_silent_sessions_are_detected_by_one_ping() {
    ten_broken_sessions_are_replaced(Proxy::strand).await;
}
