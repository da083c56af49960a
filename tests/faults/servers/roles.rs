//! Primaries and replicas, and servers that change from one to the other: C3 to C6.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{PATIENCE, Standby, Trial, guest, until};

use super::{both, database, insert, reads_at_the_trial, rows, steps, trial_and_standby};
use crate::programs;

/// A host trusts that a server stands as it did half a second ago.
const TRUST_IS_OVER: Duration = Duration::from_millis(600);

/// Lets the account write at servers that are read-only, as administrators can.
async fn may_write_anywhere(trial: &mut Trial, standby: &mut Standby) {
    let grant = format!("GRANT READ_ONLY ADMIN ON *.* TO '{}'@'127.0.0.1'", trial.server.user());
    trial.schema.run(&grant).await;
    standby.run(&grant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_writes_go_to_no_server_that_only_reads() {
    let (mut trial, mut standby) = trial_and_standby().await;
    may_write_anywhere(&mut trial, &mut standby).await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 1));

    // They change places.
    standby.run("SET GLOBAL read_only = 1").await;
    trial.schema.run("SET GLOBAL read_only = 0").await;
    tokio::time::sleep(TRUST_IS_OVER).await;
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&mut trial, &mut standby).await, (1, 1));
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_who_is_refused_by_a_server_that_was_made_a_replica_is_the_last() {
    let (mut trial, mut standby) = trial_and_standby().await;
    standby.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    let both_idle = async || {
        let grant = Grant::new(Statements::Dml);
        let two = guest(programs::FAULT_BORROWS_AT_ONCE).database("main", &database, grant).args(["2"]);
        two.run().await.success();
        until("both are idle", PATIENCE, async || database.status().idle == 2).await;
    };
    both_idle().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    standby.run("SET GLOBAL read_only = 0").await;
    // Both sessions were used within half a second, and nobody would ask.
    let told = insert(&database).await;
    assert_eq!(told, "Server(1290 HY000 ReadOnly) Later None");
    for _ in 0..4 {
        assert_eq!(insert(&database).await, "ok");
    }
    assert_eq!(rows(&mut trial, &mut standby).await, (0, 4));
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_where_no_server_takes_writes_a_guest_is_told_so() {
    let (mut trial, mut standby) = trial_and_standby().await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let database = database(both(&trial, &standby));
    standby.server.kill();
    let told = steps(&database, ["DO 1"]).run().await;
    let message = "none of the 2 servers of this database takes changes now: 1 of them read only or are not ready; the last that failed: ";
    assert!(told.stderr.contains(message), "{}", told.stderr);
    assert_eq!(told.success(), "connecting: Unreachable Later None\n");
    trial.schema.run("SET GLOBAL read_only = 0").await;
    assert_eq!(insert(&database).await, "ok");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_who_only_reads_reads_from_replicas_while_there_are_any() {
    let (mut trial, mut standby) = trial_and_standby().await;
    standby.run("SET GLOBAL read_only = 1").await;
    let lifetime = Duration::from_secs(2);
    let database = database(both(&trial, &standby).prefer_replicas(true).max_lifetime(lifetime));
    assert_eq!(insert(&database).await, "ok");
    assert!(!reads_at_the_trial(&database).await);
    assert_eq!(rows(&mut trial, &mut standby).await, (1, 0));
    assert_eq!(database.status().max_size, 4, "readers have a pool of their own");

    standby.server.kill();
    assert!(reads_at_the_trial(&database).await, "with no replica, the primary is read");
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

/// Also where a reader's statement was killed, over a connection of its own.
async fn shutdown_is_prompt(standby: &mut Standby, database: Database) {
    let grant = Grant::new(Statements::Read);
    let sleeps = guest(programs::FAULT_TAKES_STEPS).database("main", &database, grant).args(["SELECT SLEEP(30)"]);
    let running = sleeps.start();
    let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'";
    until("it runs", PATIENCE, async || standby.value::<u32>(sleeping).await == 1).await;
    running.abandon().await;
    until("it is killed", PATIENCE, async || standby.value::<u32>(sleeping).await == 0).await;
    let start = Instant::now();
    database.shutdown(PATIENCE).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    until("no session is left", Duration::from_secs(1), async || standby.sessions().await == 0).await;
}
