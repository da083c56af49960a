//! What is lent, and for how long: P7, P8, P9; and what a pool does when nobody asks.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Logs, PATIENCE, Trial, guest, until};

use crate::programs;

/// For what a server does at once.
const SOON: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn p7_a_session_past_its_lifetime_is_retired_when_it_is_idle_and_never_before() {
    let mut trial = Trial::new().await;
    let options = trial.options().max_connections(2).max_lifetime(Duration::from_millis(300));
    let database = Database::new(options).unwrap();
    let start = Instant::now();
    let sleeper = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO SLEEP(1)", "DO 1"]).start();
    trial.schema.running("SLEEP(1)", 1, PATIENCE).await;
    let idle = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await;
    idle.success();
    until("the idle one is retired, though nobody asks for it", PATIENCE, async || database.status().size == 1).await;
    assert!(start.elapsed() < Duration::from_secs(1), "the other is lent still");
    assert_eq!(sleeper.ended().await.success(), "done, 0 rows\ndone, 0 rows\n");
    until("the other is retired too", PATIENCE, async || database.status().size == 0).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_sessions_are_closed_but_for_those_that_are_kept_ready() {
    let mut trial = Trial::new().await;
    let options = trial.options().max_connections(4).min_connections(2).idle_timeout(Duration::from_millis(300));
    let database = Database::new(options).unwrap();
    let grant = Grant::new(Statements::Read).max_connections(4);
    let borrower = guest(programs::FAULT_BORROWS_AT_ONCE).database("main", &database, grant).args(["4"]);
    assert_eq!(borrower.run().await.success(), "4 borrowed\n");
    assert_eq!(database.status().size, 4);
    until("two are left", PATIENCE, async || database.status().size == 2).await;
    let status = database.status();
    assert_eq!((status.min_size, status.size, status.idle), (2, 2, 2));
    drop(database);

    let options = trial.options().max_connections(4).min_connections(3);
    let database = Database::new(options).unwrap();
    assert_eq!(database.status().size, 0, "nobody has used it");
    trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    // One more, where the guest wants one while the others are being made.
    until("others are made ready", PATIENCE, async || database.status().idle >= 3).await;
    // One that is lost is replaced as soon as somebody finds out.
    trial.kill("CONNECTION", "").await;
    trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    until("they are ready again", PATIENCE, async || database.status().idle >= 3).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_a_guest_that_keeps_a_connection_is_named_and_so_is_its_return() {
    let trial = Trial::new().await;
    let logs = Logs::listen();
    let options = trial.options().name("main").max_connections(2).leak_report_after(Duration::from_millis(200));
    let database = Database::new(options).unwrap();
    let mut gate = trial.schema.gate().await;
    let holder = guest(programs::WAITS_AT_A_GATE).guest_name("the-one-that-leaks");
    let holder = holder.database("main", &database, Grant::new(Statements::Dml)).args([gate.name()]).start();
    gate.awaited_by(1).await;
    let named = ["guest=\"the-one-that-leaks\"", "database=\"main\""];
    logs.have(&[named[0], named[1], "is lent for long", "doing=\"a call\""]).await;
    assert!(logs.lines(&[named[0], "is returned"]).is_empty());
    gate.open().await;
    holder.ended().await.success();
    logs.have(&[named[0], named[1], "is returned"]).await;
    assert_eq!(logs.lines(&[named[0], "is lent for long"]).len(), 1, "it is named once");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_a_shutdown_lets_who_is_quick_finish_and_leaves_no_session() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    let run = |sql: &str| trial.guest(&database, programs::RUNS_EACH_STATEMENT).args([sql]).start();
    let (quick, slow) = (run("DO SLEEP(0.3)"), run("DO SLEEP(30)"));
    trial.schema.running("SLEEP(", 2, PATIENCE).await;
    let start = Instant::now();
    let grace = Duration::from_secs(1);
    let ((), late) = tokio::join!(database.shutdown(grace), async {
        until("it is closed", PATIENCE, async || database.status().max_size == 0).await;
        let late = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default()).args(["DO 1"]);
        late.run().await.success()
    });
    let took = start.elapsed();
    assert!(late.starts_with("PoolClosed: "), "{late}");
    assert_eq!(quick.ended().await.success(), "done, 0 rows\n");
    let slow = slow.ended().await.success();
    assert!(slow.starts_with("PoolClosed: "), "{slow}");
    assert!(took >= grace && took < grace + Duration::from_secs(2), "{took:?}");
    // All sockets are closed, which the server has yet to notice.
    until("no session is left", SOON, async || trial.schema.sessions().await == 0).await;

    // Nobody is waited for where nobody has anything.
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
