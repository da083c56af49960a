//! Servers that can't be used: C1, C2, C7 to C9.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, ServerOrder, Statements};
use wasmysql_tests::{Guest, PATIENCE, Proxy, Standby, Toxic, Trial, guest, until};

use super::{both, database, insert, rows, steps, then, trial_and_standby};
use crate::programs;

/// How long a server is left alone at first.
const PAUSE: Duration = Duration::from_secs(1);

fn over(trial: &Trial, proxy: &Proxy, standby: &Standby) -> wasmysql_host::DatabaseOptions {
    then(trial.options_over(proxy), standby)
}

/// A guest that has so many connections at once.
fn borrows(database: &Database, connections: usize) -> Guest {
    let grant = Grant::new(Statements::Dml).max_connections(connections);
    guest(programs::FAULT_BORROWS_AT_ONCE).database("main", database, grant).args([connections.to_string()])
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_server_that_is_down_is_passed_over_left_alone_for_a_while_and_then_used_again() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let proxy = Proxy::to(&trial.server).await;
    let database = database(over(&trial, &proxy, &standby).max_connections(10).max_lifetime(PAUSE * 2));
    proxy.set(Toxic::Down);
    let start = Instant::now();
    assert_eq!(insert(&database).await, "ok");
    borrows(&database, 8).run().await.success();
    assert!(start.elapsed() < PAUSE, "on a machine as slow as this, the next assertion says nothing");
    assert_eq!(proxy.connections(), 1, "it was asked once");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));

    proxy.clear();
    // Sessions at the second server do not last, since there is a better one.
    until("the first is used again", PATIENCE, async || {
        assert_eq!(insert(&database).await, "ok");
        rows(&mut trial, &mut standby).await.0 > 0
    })
    .await;
    until("the second is not", PATIENCE, async || {
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
async fn c2_a_server_that_does_not_answer_costs_one_borrower_the_time_to_connect() {
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
    borrows(&database, 2).run().await.success();
    assert!(start.elapsed() < timeout, "{:?}", start.elapsed());
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));
    drop(proxy);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_server_that_falls_silent_is_found_out_by_one_of_its_sessions() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let proxy = Proxy::to(&trial.server).await;
    let database = database(over(&trial, &proxy, &standby).max_connections(10));
    borrows(&database, 10).run().await.success();
    until("all are idle", PATIENCE, async || database.status().idle == 10).await;
    proxy.set(Toxic::BlackHole);
    // After which they are asked whether they are alive.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let start = Instant::now();
    assert_eq!(insert(&database).await, "ok");
    borrows(&database, 10).run().await.success();
    let took = start.elapsed();
    assert!(took < Duration::from_millis(1500), "one question of half a second was to be enough: {took:?}");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));
    drop(proxy);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_in_random_order_all_servers_have_their_part() {
    let (mut trial, mut standby) = trial_and_standby().await;
    let database = database(both(&trial, &standby).server_order(ServerOrder::Random).max_connections(20));
    borrows(&database, 20).run().await.success();
    let (first, second) = (trial.schema.sessions().await, standby.sessions().await);
    // All the same once in half a million runs.
    assert!(first > 0 && second > 0, "{first} and {second}");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c8_a_statement_is_killed_at_the_server_that_it_runs_on() {
    let (mut trial, mut standby) = trial_and_standby().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    let running = steps(&database, ["DO SLEEP(30)"]).start();
    let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'";
    until("it runs", PATIENCE, async || standby.value::<u32>(sleeping).await == 1).await;
    running.abandon().await;
    until("it is killed", Duration::from_secs(2), async || standby.value::<u32>(sleeping).await == 0).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_a_wrong_password_is_tried_at_one_server_only() {
    let (trial, mut standby) = trial_and_standby().await;
    let database = database(both(&trial, &standby).password("wrong"));
    let before = standby.logins().await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "connecting: AuthFailed Never None\n");
    assert_eq!(standby.logins().await, before);
    let right = super::database(both(&trial, &standby));
    trial.is_over(right).await;
}
