//! How long calls take, and how many wait.

use std::time::{Duration, Instant};

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Root, Schema, guest, start_server, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_and_its_rows_take_as_long_as_the_grant_allows() {
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
    until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_takes_as_long_as_the_grant_allows_and_is_then_unknown() {
    // A lock of the whole server would stop other tests.
    let server = start_server(&[]);
    for (timeout, told) in [(60_000, "committed"), (300, "CommitUnknown, TransactionState::Unknown")] {
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
        if told == "committed" {
            root.run("UNLOCK TABLES").await;
        }
        let start = Instant::now();
        assert_eq!(running.ended().await.success(), format!("commits\n{told}\n"));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        drop(root);
        until("it is given back", PATIENCE, async || database.status().in_use == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_calls_wait_as_the_grant_allows_and_one_more_is_refused_at_once() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE served (id INT AUTO_INCREMENT PRIMARY KEY)").await;
    let mut gate = schema.gate().await;
    let database = schema.database_of(1);
    let grant = Grant::new(Statements::Dml).max_waiters(2).acquire_timeout(Duration::from_secs(60));
    let guest = |program| guest(program).database("main", &database, grant.clone());
    let holder = guest(programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let waiting = [1, 2].map(|number| guest(programs::WAITS_FOR_A_CONNECTION).guest_name(&number.to_string()).start());
    until("two wait", PATIENCE, async || database.status().waiting == 2).await;

    let start = Instant::now();
    let refused = guest(programs::WAITS_FOR_A_CONNECTION).guest_name("3").run().await.success();
    assert!(refused.starts_with("LimitExceeded(Limit::Waiters): "), "{refused}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(database.status().waiting, 2);

    gate.open().await;
    holder.ended().await.success();
    for guest in waiting {
        assert_eq!(guest.ended().await.success(), "served\n");
    }
    until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_waited_for_as_long_as_the_host_says() {
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    schema.run("CREATE TABLE done (id INT)").await;
    let database = schema.database_of(4);
    let grant = Grant::new(Statements::Dml).idle_transaction_timeout(PATIENCE);
    let running = guest(programs::SERVER_FALLS_SILENT).database("main", &database, grant).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    server.pause();
    let told = running.ended().await.success();
    assert_eq!(told, "rollback: Timeout(Step::Rollback) after 10 s\ndrop: ResourceClosed after 2 s\n");
    server.resume();
    until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM done").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_engine_waits_half_a_minute_for_what_is_out() {
    let schema = Schema::new().await;
    let database = schema.database();
    let running = Api::BOTH.map(|api| {
        let guest = guest(programs::CLOSES_ITS_ENGINE_TOO_EARLY).api(api);
        guest.database("main", &database, Grant::default()).start()
    });
    for guest in running {
        guest.ended().await.success();
    }
    until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_gives_grace_and_then_cuts_what_is_out() {
    let grace = Duration::from_secs(1);
    // With something that ends within the grace, and with something that does not.
    for (sql, told) in [("DO SLEEP(0.3)", "done, 0 rows"), ("DO SLEEP(30)", "PoolClosed: ")] {
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
        assert!(printed.starts_with(told), "{sql}: {printed}");
        // What is cut has three more seconds to go, and needs none.
        let expected = if told == "PoolClosed: " { grace..2 * grace } else { Duration::ZERO..grace };
        assert!(expected.contains(&took), "{sql}: {took:?}");
        schema.running("SLEEP", 0, Duration::from_secs(1)).await;
    }
}
