//! Primaries, replicas, and servers that change their role: C3 to C6.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{PATIENCE, Standby, Trial, guest, until};

use super::{both, database, insert, reads_at_the_trial, rows, steps, trial_and_standby};
use crate::programs;

/// The host trusts a server's role for 500 ms. After this wait it checks the role again.
const HEALTH_CHECK_DUE_AFTER: Duration = Duration::from_millis(600);

/// Grants the account the privilege to write to read-only servers, as administrators have it.
async fn may_write_anywhere(trial: &mut Trial, standby: &mut Standby) {
    let privilege = if cfg!(feature = "mysql") { "CONNECTION_ADMIN" } else { "READ_ONLY ADMIN" };
    let grant = format!("GRANT {privilege} ON *.* TO '{}'@'127.0.0.1'", trial.server.user());
    trial.schema.run(&grant).await;
    standby.run(&grant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_writes_skip_read_only_servers() {
    let (mut trial, mut standby) = trial_and_standby().await;
    may_write_anywhere(&mut trial, &mut standby).await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));

    // The servers swap their roles.
    standby.run("SET GLOBAL read_only = 1").await;
    trial.schema.run("SET GLOBAL read_only = 0").await;
    tokio::time::sleep(HEALTH_CHECK_DUE_AFTER).await;
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&mut trial, &mut standby).await, (1, 1));
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_demoted_primary_refuses_only_one_write() {
    let (mut trial, mut standby) = trial_and_standby().await;
    standby.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    let both_idle = async || {
        let grant = Grant::new(Statements::Dml);
        let two = guest(programs::FAULT_ACQUIRES_CONCURRENTLY).database("main", &database, grant).args(["2"]);
        two.run().await.success();
        until("both sessions are idle", PATIENCE, async || database.status().idle == 2).await;
    };
    both_idle().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    standby.run("SET GLOBAL read_only = 0").await;
    // Both sessions were used within the last 500 ms, so no health check is due.
    let result = insert(&database).await;
    assert_eq!(result, "Server(1290 HY000 ReadOnly) Later None");
    for _ in 0..4 {
        assert_eq!(insert(&database).await, "ok");
    }
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 4));
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_database_without_writable_server_is_unreachable() {
    let (mut trial, mut standby) = trial_and_standby().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    standby.server.kill();
    let outcome = steps(&database, ["DO 1"]).run().await;
    let message = "none of the 2 servers of this database accepts changes (1 read-only or not ready); last error: ";
    assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    assert_eq!(outcome.success(), "connecting: Unreachable Later None\n");
    trial.schema.run("SET GLOBAL read_only = 0").await;
    assert_eq!(insert(&database).await, "ok");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_readers_use_replicas_while_any_is_up() {
    let (mut trial, mut standby) = trial_and_standby().await;
    standby.run("SET GLOBAL read_only = 1").await;
    let lifetime = Duration::from_secs(2);
    let database = database(both(&trial, &standby).prefer_replicas(true).max_lifetime(lifetime));
    assert_eq!(insert(&database).await, "ok");
    assert!(!reads_at_the_trial(&database).await);
    assert_eq!(rows(&mut trial, &mut standby).await, (1, 0));
    assert_eq!(database.status().max_size, 4, "readers have a pool of their own");

    standby.server.kill();
    assert!(reads_at_the_trial(&database).await, "without a replica, guests read from the primary");
    assert_eq!(insert(&database).await, "ok");

    standby.restarted().await;
    standby.run("SET GLOBAL read_only = 1").await;
    until("the replica is read again", PATIENCE, async || !reads_at_the_trial(&database).await).await;
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&mut trial, &mut standby).await, (3, 0));
    shutdown_is_prompt(&mut standby, database).await;
    let primary = trial.database_of(2);
    trial.is_over(primary).await;
}

/// Checks that a shutdown is prompt after a KILL of a reader's statement, which needs a connection
/// of its own.
async fn shutdown_is_prompt(standby: &mut Standby, database: Database) {
    let grant = Grant::new(Statements::Read);
    let sleeps = guest(programs::FAULT_RUNS_STEPS).database("main", &database, grant).args(["SELECT SLEEP(30)"]);
    let running = sleeps.start();
    let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'";
    until("the statement runs", PATIENCE, async || standby.value::<u32>(sleeping).await == 1).await;
    running.abandon().await;
    until("the statement is killed", PATIENCE, async || standby.value::<u32>(sleeping).await == 0).await;
    let start = Instant::now();
    database.shutdown(PATIENCE).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    until("no session is left", Duration::from_secs(1), async || standby.sessions().await == 0).await;
}
