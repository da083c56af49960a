//! Cancelled calls: P2, P11, P13.

use std::net::TcpListener;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Trial, guest, until};

use crate::programs;

// `rogue::answers::r7_...` covers P12, a panic inside a host call during a lease: only the driver
// can panic there.

/// More polls than all calls of the program take.
const ENOUGH_POLLS: usize = 2000;

#[tokio::test(flavor = "multi_thread")]
async fn p2_guest_dropped_at_any_poll_leaves_all_or_nothing() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("CREATE PROCEDURE two_results() BEGIN SELECT 1; SELECT 2; END").await;
    for (api, size) in [(Api::Asynchronous, 1), (Api::Blocking, 1), (Api::Asynchronous, 2)] {
        let database = trial.database_of(size);
        let mut polls = 1;
        loop {
            let guest = trial.guest(&database, programs::FAULT_USES_ALL_CALLS).api(api);
            let outcome = guest.run_for_polls(polls).await;
            until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
            let next = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["SELECT COUNT(*) FROM t"]);
            assert_eq!(next.run().await.success(), "done, 0 rows\n", "after {polls} polls");
            // A commit without an answer may have succeeded. A dropped or rolled back transaction
            // never leaves rows.
            let sum: Option<u32> = trial.schema.value("SELECT SUM(id) FROM t").await;
            assert!([None, Some(3)].contains(&sum), "after {polls} polls: {sum:?}");
            trial.schema.run("DELETE FROM t").await;
            if let Some(outcome) = outcome {
                assert_eq!(outcome.success(), "committed\ndone\n");
                break;
            }
            polls += 1;
            assert!(polls < ENOUGH_POLLS, "the guest has not ended after {polls} polls");
        }
        println!("{api:?}, pool of {size}: {polls} polls");
        // Each call takes at least one poll.
        assert!(polls > 15, "only {polls} polls");
        drop(database);
    }
    let database = trial.database_of(2);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_guest_dropped_at_any_poll_leaves_whole_xa_transactions() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("SET innodb_lock_wait_timeout = 1").await;
    for api in Api::BOTH {
        let database = trial.database_of(1);
        for polls in 1.. {
            assert!(polls < ENOUGH_POLLS, "the guest has not ended after {polls} polls");
            let guest = trial.guest(&database, programs::FAULT_PREPARES_AND_COMMITS).api(api);
            let outcome = guest.run_for_polls(polls).await;
            until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
            trial.commit_prepared_transactions().await;
            let sum: Option<u32> = trial.schema.value("SELECT SUM(id) FROM t").await;
            assert!([None, Some(1 + 2), Some(1 + 2 + 3 + 4)].contains(&sum), "after {polls} polls: {sum:?}");
            // A busy server may still execute a statement that the guest sent before it was
            // dropped.
            until("the rows are unlocked", PATIENCE, async || {
                trial.commit_prepared_transactions().await;
                trial.schema.attempt("DELETE FROM t").await;
                trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await == 0
            })
            .await;
            if let Some(outcome) = outcome {
                assert_eq!((outcome.success().as_str(), sum), ("first\nsecond\n", Some(10)));
                break;
            }
        }
    }
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_cancelled_connect_frees_the_slot() {
    let trial = Trial::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = DatabaseOptions::tcp("127.0.0.1", silent.local_addr().unwrap().port());
    let unanswered = Database::new(options.max_connections(1)).unwrap();
    for api in Api::BOTH {
        let connecting =
            guest(programs::RUNS_EACH_STATEMENT).api(api).database("main", &unanswered, Grant::default()).start();
        let (connection, _) = silent.accept().unwrap();
        connecting.abandon().await;
        drop(connection);
        until("no slot is occupied", PATIENCE, async || {
            let status = unanswered.status();
            (status.size, status.in_use, status.waiting) == (0, 0, 0)
        })
        .await;
    }
    unanswered.shutdown(Duration::from_secs(1)).await;
    drop(silent);
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

#[test]
fn p13_runtime_shutdown_with_leased_sessions_is_harmless() {
    let outer = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut trial, database) = outer.block_on(async {
        let trial = Trial::new().await;
        let database = trial.database_of(4);
        (trial, database)
    });
    let mut gate = outer.block_on(trial.schema.gate());
    // Keeps the guests until their runtime has ended.
    let mut left = Vec::new();
    for api in Api::BOTH {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let grant = Grant::new(Statements::Dml);
            let waiting = guest(programs::WAITS_AT_A_GATE).api(api).database("main", &database, grant.clone());
            let waiting = waiting.args([gate.name()]).start();
            let running = guest(programs::RUNS_EACH_STATEMENT).api(api).database("main", &database, grant);
            let running = running.args(["DO SLEEP(20)"]).start();
            gate.awaited_by(1).await;
            trial.schema.running("SLEEP(20)", 1, PATIENCE).await;
            left.push((waiting, running));
        });
        runtime.shutdown_timeout(Duration::from_secs(2));
        outer.block_on(until("all slots are free", PATIENCE, async || database.status().in_use == 0));
    }
    // Without a runtime no task can kill the running statements. In production the server's own
    // limit ends them; here the administrator kills them.
    outer.block_on(async {
        gate.open().await;
        trial.kill_all().await;
        drop((database, left));
        let database = trial.database_of(1);
        trial.is_over(database).await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn p15_acquire_cancelled_while_connecting_finishes_its_login() {
    let mut trial = Trial::new().await;
    let aborted = trial.schema.status("Aborted_connects").await;
    let database = trial.database_of(4);
    let guest = trial.guest(&database, programs::FAULT_ABANDONS_ACQUIRES).args(["connects"]);
    guest.run().await.success();
    until("the slots are free", PATIENCE, async || database.status().in_use == 0).await;
    assert_eq!(trial.schema.status("Aborted_connects").await, aborted, "the server counts aborted handshakes");
    trial.is_over(database).await;
}
