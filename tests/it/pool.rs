//! Sharing of the connections of a pool: waiting, limits, closing and terminating.

use std::time::{Duration, Instant};

use futures::future::join_all;
use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, FLAVOR, PATIENCE, Schema, guest, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn pool_of_one_serves_twenty_guests() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE served (id INT AUTO_INCREMENT PRIMARY KEY)").await;
    let database = schema.database_of(1);
    let guests = (0..20).map(|number| {
        let guest = guest(programs::WAITS_FOR_A_CONNECTION).api(Api::BOTH[number % 2]);
        guest.database("main", &database, Grant::new(Statements::Dml)).start()
    });
    let guests: Vec<_> = guests.collect();
    for outcome in join_all(guests.into_iter().map(|guest| guest.ended())).await {
        assert_eq!(outcome.success(), "served\n");
    }
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM served").await, 20);
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    let status = database.status();
    assert_eq!((status.max_size, status.size, status.in_use, status.waiting), (1, 1, 0, 0));
    assert_eq!(schema.sessions().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn acquire_timeout_reports_the_pool_status() {
    let schema = Schema::new().await;
    let mut gate = schema.gate().await;
    let database = schema.database_of(1);
    let holder =
        guest(programs::WAITS_AT_A_GATE).database("main", &database, Grant::default()).args([gate.name()]).start();
    gate.awaited_by(1).await;

    let start = Instant::now();
    let grant = Grant::default().acquire_timeout(Duration::from_millis(200));
    let waiter = guest(programs::WAITS_FOR_A_CONNECTION).database("main", &database, grant).start();
    until("the guest waits", PATIENCE, async || database.status().waiting == 1).await;
    let printed = waiter.ended().await.success();
    assert!((200..2000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert!(printed.starts_with("Timeout(Acquire): "), "{printed}");
    assert!(printed.contains("1 of 1 connections, 1 in use, 0 idle"), "{printed}");

    gate.open().await;
    assert_eq!(holder.ended().await.success(), "through\n");
    until("the connection is released", PATIENCE, async || database.status().idle == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_connections_are_limited_by_the_grant() {
    for api in Api::BOTH {
        let schema = Schema::new().await;
        let database = schema.database_of(10);
        let grant = Grant::default().max_connections(2);
        let guest = guest(programs::HOLDS_ALL_ITS_CONNECTIONS).api(api).database("main", &database, grant);
        assert_eq!(guest.run().await.success(), "2 held\n");
        assert!(database.status().size <= 2, "{:?}", database.status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn engine_options_are_limited_by_the_grant() {
    for api in Api::BOTH {
        let schema = Schema::new().await;
        let grant = Grant::default().max_connections(2);
        let guest =
            guest(programs::ENGINE_OPTIONS).api(api).args([FLAVOR.name()]).database("main", &schema.database(), grant);
        guest.run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_one_guest_run_concurrently() {
    Schema::new().await.guest(programs::STATEMENTS_OVERLAP).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn engine_close_waits_for_its_connections() {
    Schema::new().await.guest(programs::CLOSES_ITS_ENGINE).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn engine_terminate_closes_its_connections() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE cut (id INT)").await;
    let database = schema.database();
    let grant = Grant::new(Statements::Dml);
    guest(programs::TERMINATES_ITS_ENGINE).database("main", &database, grant).run().await.success();
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
    schema.running("SLEEP(30)", 0, Duration::from_secs(2)).await;
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM cut").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_database_refuses_connections() {
    let schema = Schema::new().await;
    let database = schema.database_of(1);
    let run = async || {
        let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
        guest.args(["DO 1"]).run().await.success()
    };
    assert_eq!(run().await, "done, 0 rows\n");
    until("the connection is released", PATIENCE, async || database.status().idle == 1).await;
    database.close();
    let refused = run().await;
    assert!(refused.starts_with("PoolClosed: "), "{refused}");
    assert_eq!(database.status().size, 0);
}
