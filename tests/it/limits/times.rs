//! Limits of the duration of calls and of the number of waiters.

use std::time::{Duration, Instant};

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Root, Schema, guest, start_server, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn statement_and_fetch_end_at_their_timeouts() {
    let schema = Schema::new().await;
    let database = schema.database();
    let (read, second) = (Grant::new(Statements::Read), Duration::from_secs(1));
    let running = Api::BOTH.map(|api| {
        guest(programs::TIMES_WITHIN_THEIR_LIMITS)
            .api(api)
            .database("a second for a statement", &database, read.clone().statement_timeout(second))
            .database("a second for rows", &database, read.clone().fetch_timeout(second))
            .start()
    });
    for guest in running {
        guest.ended().await.success();
    }
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commit_past_its_timeout_is_in_doubt() {
    // The test locks the whole server, so it cannot use the shared one.
    let server = start_server(&[]);
    for (timeout, outcome) in [(60_000, "committed"), (300, "CommitUnknown, TransactionState::Unknown")] {
        let mut schema = Schema::on(&server).await;
        schema.run("CREATE TABLE done (id INT)").await;
        let mut gate = schema.gate().await;
        let database = schema.database_of(1);
        let grant = Grant::new(Statements::Dml).commit_timeout(Duration::from_millis(timeout));
        let committer = guest(programs::COMMITS_AT_A_GATE).database("main", &database, grant);
        let running = committer.args([gate.name()]).start();
        gate.awaited_by(1).await;
        let mut root = Root::connect(&server.socket()).await;
        root.run("FLUSH TABLES WITH READ LOCK").await;
        gate.open().await;
        running.printed("commits").await;
        schema.running("COMMIT", 1, PATIENCE).await;
        if outcome == "committed" {
            root.run("UNLOCK TABLES").await;
        }
        let start = Instant::now();
        assert_eq!(running.ended().await.success(), format!("commits\n{outcome}\n"));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        drop(root);
        until("the connection is released", PATIENCE, async || database.status().in_use == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiter_beyond_the_limit_is_refused_at_once() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE served (id INT AUTO_INCREMENT PRIMARY KEY)").await;
    let mut gate = schema.gate().await;
    let database = schema.database_of(1);
    let grant = Grant::new(Statements::Dml).max_waiters(2).acquire_timeout(Duration::from_secs(60));
    let guest = |program| guest(program).database("main", &database, grant.clone());
    let holder = guest(programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let waiting = [1, 2].map(|number| guest(programs::WAITS_FOR_A_CONNECTION).guest_name(&number.to_string()).start());
    until("two calls wait", PATIENCE, async || database.status().waiting == 2).await;

    let start = Instant::now();
    let refused = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("3").run().await.success();
    assert!(refused.starts_with("LimitExceeded(Waiters): "), "{refused}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(database.status().waiting, 2);

    gate.open().await;
    holder.ended().await.success();
    for guest in waiting {
        assert_eq!(guest.ended().await.success(), "served\n");
    }
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rollback_and_cleanup_at_silent_server_time_out() {
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    schema.run("CREATE TABLE done (id INT)").await;
    let database = schema.database_of(4);
    let grant = Grant::new(Statements::Dml).idle_transaction_timeout(PATIENCE);
    let running = guest(programs::SERVER_STOPS_ANSWERING).database("main", &database, grant).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    server.pause();
    let printed = running.ended().await.success();
    assert_eq!(printed, "rollback: Timeout(Rollback) after 10 s\ndrop: ResourceClosed after 2 s\n");
    server.resume();
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM done").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn engine_close_waits_thirty_seconds_for_connections() {
    let schema = Schema::new().await;
    let database = schema.database();
    let running = Api::BOTH.map(|api| {
        let guest = guest(programs::CLOSES_ITS_ENGINE_TOO_EARLY).api(api);
        guest.database("main", &database, Grant::default()).start()
    });
    for guest in running {
        guest.ended().await.success();
    }
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_closes_connections_after_the_grace_period() {
    let grace = Duration::from_secs(1);
    // One statement ends within the grace period, the other does not.
    for (sql, expected_output) in [("DO SLEEP(0.3)", "done, 0 rows"), ("DO SLEEP(30)", "PoolClosed: ")] {
        let mut schema = Schema::new().await;
        let database = schema.database();
        let running = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
        let running = running.args([sql]).start();
        schema.running("SLEEP", 1, PATIENCE).await;
        let start = Instant::now();
        database.shutdown(grace).await;
        let took = start.elapsed();
        assert_eq!(database.status().size, 0, "{sql}");
        let printed = running.ended().await.success();
        assert!(printed.starts_with(expected_output), "{sql}: {printed}");
        // After the grace period, connections that are closed have three more seconds. They need
        // less than one.
        let expected = if expected_output == "PoolClosed: " { grace..2 * grace } else { Duration::ZERO..grace };
        assert!(expected.contains(&took), "{sql}: {took:?}");
        schema.running("SLEEP", 0, Duration::from_secs(1)).await;
    }
}
