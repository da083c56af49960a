//! Servers that can't be used, and the choice between servers: C1, C2, C7 to C9.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, ServerOrder, Statements};
use wasmysql_tests::{Guest, PATIENCE, Proxy, Standby, Toxic, Trial, guest, until};

use super::{both, database, insert, rows, steps, then, trial_and_standby};
use crate::programs;

/// The first backoff after a failed connect.
const BACKOFF: Duration = Duration::from_secs(1);

fn over(trial: &Trial, proxy: &Proxy, standby: &Standby) -> wasmysql_host::DatabaseOptions {
    then(trial.options_over(proxy), standby)
}

/// Returns a guest that holds this number of connections at once.
fn holds(database: &Database, connections: usize) -> Guest {
    let grant = Grant::new(Statements::Dml).max_connections(connections);
    guest(programs::FAULT_ACQUIRES_CONCURRENTLY).database("main", database, grant).args([connections.to_string()])
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_down_server_is_skipped_and_used_again_after_a_backoff() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let proxy = Proxy::to(&trial.server).await;
    let database = database(over(&trial, &proxy, &standby).max_connections(10).max_lifetime(BACKOFF * 2));
    proxy.set(Toxic::Down);
    let start = Instant::now();
    assert_eq!(insert(&database).await, "ok");
    holds(&database, 8).run().await.success();
    assert!(start.elapsed() < BACKOFF, "the machine is too slow for the next assertion: {:?}", start.elapsed());
    assert_eq!(proxy.connections(), 1, "the host connects once to a server that is down");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));

    proxy.clear();
    // Sessions to the fallback server are replaced, because the preferred server is available
    // again.
    until("the first server is used again", PATIENCE, async || {
        assert_eq!(insert(&database).await, "ok");
        rows(&mut trial, &mut standby).await.0 > 0
    })
    .await;
    until("the second server is not used any more", PATIENCE, async || {
        assert_eq!(insert(&database).await, "ok");
        standby.sessions().await == 0
    })
    .await;
    drop(database);
    drop(proxy);
    let first = trial.database_of(2);
    trial.is_over(first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_unresponsive_server_costs_one_connect_timeout() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let proxy = Proxy::to(&trial.server).await;
    let timeout = Duration::from_millis(700);
    let database = database(over(&trial, &proxy, &standby).connect_timeout(timeout));
    proxy.set(Toxic::BlackHole);
    let start = Instant::now();
    assert_eq!(insert(&database).await, "ok");
    let took = start.elapsed();
    assert!(took >= timeout && took < timeout * 2, "{took:?}");
    let start = Instant::now();
    holds(&database, 2).run().await.success();
    assert!(start.elapsed() < timeout, "{:?}", start.elapsed());
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));
    drop(proxy);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_silent_server_is_detected_by_one_ping() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let proxy = Proxy::to(&trial.server).await;
    let database = database(over(&trial, &proxy, &standby).max_connections(10));
    holds(&database, 10).run().await.success();
    until("all sessions are idle", PATIENCE, async || database.status().idle == 10).await;
    proxy.set(Toxic::BlackHole);
    // After 500 ms the host pings the sessions before reuse.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let start = Instant::now();
    assert_eq!(insert(&database).await, "ok");
    holds(&database, 10).run().await.success();
    let took = start.elapsed();
    assert!(took < Duration::from_millis(1500), "more than one ping with a timeout of 500 ms: {took:?}");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));
    drop(proxy);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_random_order_uses_all_servers() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let database = database(both(&trial, &standby).server_order(ServerOrder::Random).max_connections(20));
    holds(&database, 20).run().await.success();
    let (first, second) = (trial.schema.sessions().await, standby.sessions().await);
    // By chance all 20 sessions go to the same server once in half a million runs.
    assert!(first > 0 && second > 0, "{first} and {second} sessions");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c8_statement_is_killed_at_the_server_that_runs_it() {
    let (mut trial, mut standby) = trial_and_standby().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    let running = steps(&database, ["DO SLEEP(30)"]).start();
    let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'";
    until("the statement runs", PATIENCE, async || standby.value::<u32>(sleeping).await == 1).await;
    running.abandon().await;
    until("the statement is killed", Duration::from_secs(2), async || standby.value::<u32>(sleeping).await == 0).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_wrong_password_is_tried_at_one_server_only() {
    let (trial, mut standby) = trial_and_standby().await;
    let database = database(both(&trial, &standby).password("wrong"));
    let before = standby.logins().await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "connecting: AuthFailed Never None\n");
    assert_eq!(standby.logins().await, before);
    let right = super::database(both(&trial, &standby));
    trial.is_over(right).await;
}
