//! The server, or a session of it, ends: S1 to S9, S12, S13, S17, S18.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{PATIENCE, Toxic, Trial, Way, until};

use super::{check, steps};
use crate::programs;

const LOST: &str = "ConnectionLost Later";

#[tokio::test(flavor = "multi_thread")]
async fn s1_s2_s3_a_server_that_dies_is_lost_then_unreachable_and_then_there_again() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let alone = steps(&database, ["DO SLEEP(30)", "DO 1"]).start();
    let within = steps(&database, ["begin", "DO SLEEP(30)", "DO 1", "commit"]).start();
    trial.schema.running("SLEEP(30)", 2, PATIENCE).await;
    trial.server.kill();
    let told = alone.ended().await.success();
    assert_eq!(told, format!("DO SLEEP(30): {LOST} None\nDO 1: ResourceClosed Never None\n"));
    let told = within.ended().await.success();
    let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
    assert_eq!(told, format!("begin: ok\nDO SLEEP(30): {LOST} RolledBack\nDO 1: {aborted}\ncommit: {aborted}\n"));

    let start = Instant::now();
    for _ in 0..3 {
        let told = steps(&database, ["DO 1"]).run().await.success();
        assert_eq!(told, "connecting: Unreachable Later None\n");
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!((database.status().in_use, database.status().size), (0, 0));

    trial.restarted().await;
    let told = steps(&database, ["DO 1"]).run().await.success();
    assert_eq!(told, "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_sessions_that_were_idle_when_the_server_restarted_are_not_seen() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for _ in 0..2 {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("it is given back", PATIENCE, async || database.status().in_use == 0).await;
        // At once: nobody has asked the session for a sign of life.
        trial.server.kill();
        trial.restarted().await;
    }
    assert_eq!(
        steps(&database, ["begin", "DO 1", "commit"]).run().await.success(),
        "begin: ok\nDO 1: ok\ncommit: ok\n"
    );
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_server_that_dies_between_commit_and_its_answer_leaves_an_outcome_that_is_unknown() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let database = Database::new(trial.options_over(&proxy).max_connections(1)).unwrap();
    let committing = steps(&database, ["begin", "INSERT INTO t VALUES (1)", "pause 300", "commit", "DO 1"]).start();
    committing.printed("pausing").await;
    proxy.set_on(Way::ToClient, Toxic::BlackHole);
    until("COMMIT is sent", PATIENCE, async || proxy.sent().windows(6).any(|sent| sent == b"COMMIT")).await;
    trial.server.kill();
    proxy.clear();
    let told = committing.ended().await.success();
    let end =
        "commit: CommitUnknown Never Unknown\nDO 1: TransactionAborted(ConnectionLost) NewTransaction RolledBack\n";
    assert!(told.ends_with(end), "{told}");
    trial.restarted().await;
    // InnoDB has decided, and either is right.
    assert!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await <= 1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_clean_shutdown_is_seen_only_by_who_was_in_a_statement() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let running = steps(&database, ["DO SLEEP(30)", "DO 1"]).start();
    trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.server.stop();
    let told = running.ended().await.success();
    let first = told.lines().next().unwrap();
    assert!(
        [format!("DO SLEEP(30): {LOST} None"), "DO SLEEP(30): Server(1053 08S01 Interrupted) Later None".to_owned()]
            .contains(&first.to_owned()),
        "{told}"
    );
    trial.restarted().await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_a_server_that_freezes_is_a_timeout_and_works_again_when_it_thaws() {
    let trial = Trial::new().await;
    let database = trial.database_of(2);
    let grant = Grant::default().statement_timeout(Duration::from_millis(300));
    let running = super::steps_within(&database, grant, ["begin", "pause 200", "DO 1", "DO 2"]).start();
    running.printed("pausing").await;
    trial.server.pause();
    let start = Instant::now();
    let told = running.ended().await.success();
    let aborted = "TransactionAborted(Timeout) Never RolledBack";
    let expected =
        format!("begin: ok\npausing\npause 200: ok\nDO 1: Timeout(Execute) Never RolledBack\nDO 2: {aborted}\n");
    assert_eq!(told, expected);
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    // As long as it takes to find out that nothing can be killed.
    until("its place is free", Duration::from_secs(2), async || database.status().in_use == 0).await;
    trial.server.resume();
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s7_s8_who_is_killed_is_told_and_a_killed_statement_costs_no_more_than_itself() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let endless = "SELECT COUNT(*) FROM seq_1_to_1000000 AS a JOIN seq_1_to_1000000 AS b ON a.seq <> b.seq";
    let running = steps(&database, ["begin", endless, "DO 1", "commit"]).start();
    trial.kill("QUERY", "a.seq").await;
    let told = running.ended().await.success();
    let killed = "Server(1317 70100 Interrupted) Later Open";
    assert_eq!(told, format!("begin: ok\n{endless}: {killed}\nDO 1: ok\ncommit: ok\n"));

    let running = steps(&database, ["begin", "DO SLEEP(30)", "DO 1", "rollback", "DO 1"]).start();
    trial.kill("CONNECTION", "SLEEP(30)").await;
    let told = running.ended().await.success();
    let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
    let expected = format!(
        "begin: ok\nDO SLEEP(30): {LOST} RolledBack\nDO 1: {aborted}\nrollback: ok\nDO 1: ResourceClosed Never None\n"
    );
    assert_eq!(told, expected);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_a_session_that_is_killed_while_it_is_idle_is_not_missed() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    // What may come first on a session.
    let firsts: [&[&str]; 3] = [&["DO 1"], &["begin", "DO 1", "commit"], &["SELECT 1", "SELECT 1"]];
    for first in firsts {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("it is given back", PATIENCE, async || database.status().in_use == 0).await;
        trial.kill("CONNECTION", "").await;
        let told = steps(&database, first.iter().copied()).run().await.success();
        assert!(told.lines().all(|line| line.ends_with(": ok")), "{told}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_a_password_that_was_changed_is_one_attempt_a_call_and_not_told() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let (user, password) = (trial.server.user().to_owned(), trial.server.password().to_owned());
    trial.schema.run(&format!("SET PASSWORD FOR {user}@127.0.0.1 = PASSWORD('another')")).await;
    let before = trial.schema.status("Aborted_connects").await;
    for _ in 0..3 {
        let outcome = steps(&database, ["DO 1"]).run().await;
        assert!(!outcome.stderr.contains(&password), "{}", outcome.stderr);
        assert_eq!(outcome.success(), "connecting: AuthFailed Never None\n");
    }
    // The server counts one when it has told it.
    let mut attempts = 0;
    until("all are counted", PATIENCE, async || {
        attempts = trial.schema.status("Aborted_connects").await - before;
        attempts >= 3
    })
    .await;
    assert_eq!(attempts, 3);
    trial.schema.run(&format!("SET PASSWORD FOR {user}@127.0.0.1 = PASSWORD('{password}')")).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_a_schema_that_is_dropped_takes_no_session_with_it() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    let name = trial.schema.name().to_owned();
    trial.schema.run(&format!("DROP DATABASE {name}")).await;
    // It may see the schema, which therefore is told to be unknown.
    let gone = "Server(1049 42000 Access) Never None";
    let mut told = String::new();
    for _ in 0..3 {
        // The first may still be ready for its borrower; its reset then fails.
        told = steps(&database, ["DO 1"]).run().await.success();
        until("it is closed", PATIENCE, async || database.status().in_use == 0).await;
    }
    assert_eq!(told, format!("connecting: {gone}\n"));
    assert_eq!(database.status().size, 0);
    trial.schema.run(&format!("CREATE DATABASE {name}")).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_server_that_ends_idle_transactions_is_found_out_by_the_next_call() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL idle_transaction_timeout = 1").await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let grant = Grant::default().idle_transaction_timeout(Duration::from_secs(30));
    let lost = "ConnectionLost Later RolledBack";
    let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
    let cases = [
        ("begin", "ok"),
        ("INSERT INTO t VALUES (1)", "ok"),
        ("pause 1500", "ok"),
        ("DO 1", lost),
        ("commit", aborted),
    ];
    let database = check(&trial, grant, &cases).await;
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_sessions_that_the_server_closes_when_they_are_idle_are_not_missed() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL wait_timeout = 1").await;
    let database = trial.database_of(1);
    for _ in 0..2 {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("the server has closed it", PATIENCE, async || trial.schema.sessions().await == 0).await;
    }
    assert_eq!(database.status().max_size, 1);
    let same = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    assert_eq!(same, "done, 0 rows\n");
    trial.is_over(database).await;
}
