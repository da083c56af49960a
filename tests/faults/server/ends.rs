//! The server or one of its sessions ends: S1 to S9, S12, S13, S17, S18, S28.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{PATIENCE, Root, Toxic, Trial, Way, until};

use super::{ENDLESS, check, steps};
use crate::programs;

const LOST: &str = "ConnectionLost Later";

#[tokio::test(flavor = "multi_thread")]
async fn s1_s2_s3_crashed_server_is_unreachable_until_restarted() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let alone = steps(&database, ["DO SLEEP(30)", "DO 1"]).start();
    let within = steps(&database, ["begin", "DO SLEEP(30)", "DO 1", "commit"]).start();
    trial.schema.running("SLEEP(30)", 2, PATIENCE).await;
    trial.server.kill();
    let output = alone.ended().await.success();
    assert_eq!(output, format!("DO SLEEP(30): {LOST} None\nDO 1: ResourceClosed Never None\n"));
    let output = within.ended().await.success();
    let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
    assert_eq!(output, format!("begin: ok\nDO SLEEP(30): {LOST} RolledBack\nDO 1: {aborted}\ncommit: {aborted}\n"));

    let start = Instant::now();
    for _ in 0..3 {
        let output = steps(&database, ["DO 1"]).run().await.success();
        assert_eq!(output, "connecting: Unreachable Later None\n");
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!((database.status().in_use, database.status().size), (0, 0));

    trial.restarted().await;
    let output = steps(&database, ["DO 1"]).run().await.success();
    assert_eq!(output, "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_idle_sessions_are_replaced_after_a_restart() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for _ in 0..2 {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("the connection is released", PATIENCE, async || database.status().in_use == 0).await;
        // Restart at once, before the idle session is due for a ping.
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
async fn s4_crash_during_commit_is_commit_unknown() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let database = Database::new(trial.options_over(&proxy).max_connections(1)).unwrap();
    let committing = steps(&database, ["begin", "INSERT INTO t VALUES (1)", "pause 300", "commit", "DO 1"]).start();
    committing.printed("pausing").await;
    proxy.set_on(Way::ToClient, Toxic::BlackHole);
    until("the host sends COMMIT", PATIENCE, async || proxy.sent().windows(6).any(|sent| sent == b"COMMIT")).await;
    trial.server.kill();
    proxy.clear();
    let output = committing.ended().await.success();
    let end = "commit: CommitUnknown Never Unknown\nDO 1: TransactionAborted(Other) Never Unknown\n";
    assert!(output.ends_with(end), "{output}");
    trial.restarted().await;
    // InnoDB may have committed the row or not; both are correct.
    assert!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await <= 1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_kill_of_an_earlier_start_hits_no_session_of_the_next() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = Database::new(trial.options_over(&proxy).max_connections(1)).unwrap();
    let running = steps(&database, ["DO SLEEP(30)"]).start();
    trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
    let lost = "SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(30)%' AND user <> 'root'";
    let lost: u64 = trial.schema.value(lost).await;
    proxy.set(Toxic::Down);
    trial.server.kill();
    assert_eq!(running.ended().await.success(), format!("DO SLEEP(30): {LOST} None\n"));
    trial.restarted().await;
    // The host can connect only when another session has the id. The account may not kill it, so a
    // KILL would be repeated for ever.
    let mut others = Vec::new();
    let mut id = 0;
    while id < lost {
        let mut other = Root::connect(&trial.server.socket()).await;
        id = other.value("SELECT CONNECTION_ID()").await;
        others.push(other);
    }
    proxy.clear();
    trial.is_over(database).await;
    drop(others);
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_clean_shutdown_fails_only_running_statements() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let running = steps(&database, [ENDLESS, "DO 1"]).start();
    trial.schema.running("a.seq", 1, PATIENCE).await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.server.stop();
    let output = running.ended().await.success();
    let first = output.lines().next().unwrap().to_owned();
    let outcomes = [LOST, "Server(1053 08S01 Interrupted) Later", "Server(1317 70100 Interrupted) Later"];
    assert!(outcomes.map(|outcome| format!("{ENDLESS}: {outcome} None")).contains(&first), "{output}");
    trial.restarted().await;
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_frozen_server_times_out_and_recovers() {
    let trial = Trial::new().await;
    let database = trial.database_of(2);
    let grant = Grant::default().statement_timeout(Duration::from_millis(300));
    let running = super::steps_within(&database, grant, ["begin", "pause 200", "DO 1", "DO 2"]).start();
    running.printed("pausing").await;
    trial.server.pause();
    let start = Instant::now();
    let output = running.ended().await.success();
    let aborted = "TransactionAborted(Timeout) Never RolledBack";
    let expected =
        format!("begin: ok\npausing\npause 200: ok\nDO 1: Timeout(Execute) Never RolledBack\nDO 2: {aborted}\n");
    assert_eq!(output, expected);
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    // The slot stays occupied until the attempt to KILL the statement times out.
    until("the slot is free", Duration::from_secs(2), async || database.status().in_use == 0).await;
    trial.server.resume();
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s7_s8_kill_ends_the_session_kill_query_the_statement() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let running = steps(&database, ["begin", ENDLESS, "DO 1", "commit"]).start();
    trial.kill("QUERY", "a.seq").await;
    let output = running.ended().await.success();
    let killed = "Server(1317 70100 Interrupted) Later Open";
    assert_eq!(output, format!("begin: ok\n{ENDLESS}: {killed}\nDO 1: ok\ncommit: ok\n"));

    let running = steps(&database, ["begin", "DO SLEEP(30)", "DO 1", "rollback", "DO 1"]).start();
    trial.kill("CONNECTION", "SLEEP(30)").await;
    let output = running.ended().await.success();
    let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
    let expected = format!(
        "begin: ok\nDO SLEEP(30): {LOST} RolledBack\nDO 1: {aborted}\nrollback: ok\nDO 1: ResourceClosed Never None\n"
    );
    assert_eq!(output, expected);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_session_killed_while_idle_is_replaced() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    // The first call on a session can be a plain statement, a begin or a cached query.
    let firsts: [&[&str]; 3] = [&["DO 1"], &["begin", "DO 1", "commit"], &["SELECT 1", "SELECT 1"]];
    for first in firsts {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("the connection is released", PATIENCE, async || database.status().in_use == 0).await;
        trial.kill("CONNECTION", "").await;
        let output = steps(&database, first.iter().copied()).run().await.success();
        assert!(output.lines().all(|line| line.ends_with(": ok")), "{output}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_changed_password_is_tried_once_per_call() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    let (user, password) = (trial.server.user().to_owned(), trial.server.password().to_owned());
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 IDENTIFIED BY 'another'")).await;
    let before = trial.schema.status("Aborted_connects").await;
    for _ in 0..3 {
        let outcome = steps(&database, ["DO 1"]).run().await;
        assert!(!outcome.stderr.contains(&password), "{}", outcome.stderr);
        assert_eq!(outcome.success(), "connecting: AuthFailed Never None\n");
    }
    // The server increments the counter only after it has refused the login.
    let mut attempts = 0;
    until("the server has counted all attempts", PATIENCE, async || {
        attempts = trial.schema.status("Aborted_connects").await - before;
        attempts >= 3
    })
    .await;
    assert_eq!(attempts, 3);
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 IDENTIFIED BY '{password}'")).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_dropped_schema_leaves_no_session() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
    let name = trial.schema.name().to_owned();
    trial.schema.run(&format!("DROP DATABASE {name}")).await;
    // The account has privileges on the schema, so the server reports an unknown database (1049)
    // and not a denied database (1044).
    let unknown = "Server(1049 42000 Access) Never None";
    let mut output = String::new();
    for _ in 0..3 {
        // The first run may still use the idle session, whose reset then fails.
        output = steps(&database, ["DO 1"]).run().await.success();
        until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
    }
    assert_eq!(output, format!("connecting: {unknown}\n"));
    assert_eq!(database.status().size, 0);
    trial.schema.run(&format!("CREATE DATABASE {name}")).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: it ends idle transactions")]
async fn s17_idle_transaction_ended_by_the_server_fails_next_call() {
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
async fn s18_sessions_closed_by_wait_timeout_are_replaced() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL wait_timeout = 1").await;
    let database = trial.database_of(1);
    for _ in 0..2 {
        assert_eq!(steps(&database, ["DO 1"]).run().await.success(), "DO 1: ok\n");
        until("the server has closed the session", PATIENCE, async || trial.schema.sessions().await == 0).await;
    }
    assert_eq!(database.status().max_size, 1);
    let printed = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    assert_eq!(printed, "done, 0 rows\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_held_session_closed_by_wait_timeout_is_lost() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL wait_timeout = 1").await;
    let lost = format!("{LOST} None");
    let cases = [("DO 1", "ok"), ("pause 2500", "ok"), ("DO 1", &*lost), ("DO 1", "ResourceClosed Never None")];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: MariaDB has another timeout in transactions (S17)")]
async fn s18_transaction_closed_by_wait_timeout_is_aborted() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL wait_timeout = 1").await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let grant = Grant::default().idle_transaction_timeout(Duration::from_secs(30));
    let lost = format!("{LOST} RolledBack");
    let cases = [
        ("begin", "ok"),
        ("INSERT INTO t VALUES (1)", "ok"),
        ("pause 2500", "ok"),
        ("DO 1", &*lost),
        ("commit", "TransactionAborted(ConnectionLost) NewTransaction RolledBack"),
    ];
    let database = check(&trial, grant, &cases).await;
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0);
    trial.is_over(database).await;
}
