//! Calls that are cancelled: P2, P11, P12, P13.

use std::net::TcpListener;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Trial, guest, until};

use crate::programs;

// P12, a panic inside a host call while a session is lent, is `rogue::r7_...`: the driver is what can panic there.

/// More than it takes to make all calls.
const ENOUGH_POLLS: usize = 2000;

#[tokio::test(flavor = "multi_thread")]
async fn p2_wherever_a_guest_is_dropped_it_leaves_all_or_nothing() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("CREATE PROCEDURE two_results() BEGIN SELECT 1; SELECT 2; END").await;
    for (api, size) in [(Api::Asynchronous, 1), (Api::Blocking, 1), (Api::Asynchronous, 2)] {
        let database = trial.database_of(size);
        let mut polls = 1;
        loop {
            let guest = trial.guest(&database, programs::FAULT_USES_ALL_CALLS).api(api);
            let outcome = guest.run_for_polls(polls).await;
            until("its place is free", PATIENCE, async || database.status().in_use == 0).await;
            let next = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["SELECT COUNT(*) FROM t"]);
            assert_eq!(next.run().await.success(), "done, 0 rows\n", "after {polls} polls");
            // Whoever commits without an answer may have committed; whoever rolls back never has.
            let sum: Option<u32> = trial.schema.value("SELECT SUM(id) FROM t").await;
            assert!([None, Some(3)].contains(&sum), "after {polls} polls: {sum:?}");
            trial.schema.run("DELETE FROM t").await;
            if let Some(outcome) = outcome {
                assert_eq!(outcome.success(), "committed\ndone\n");
                break;
            }
            polls += 1;
            assert!(polls < ENOUGH_POLLS, "it does not end");
        }
        println!("{api:?}, pool of {size}: {polls} polls");
        // One call and one poll each at least.
        assert!(polls > 15, "{polls}");
        drop(database);
    }
    let database = trial.database_of(2);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_wherever_a_guest_is_dropped_its_prepared_transactions_are_whole() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("SET innodb_lock_wait_timeout = 1").await;
    for api in Api::BOTH {
        let database = trial.database_of(1);
        for polls in 1.. {
            assert!(polls < ENOUGH_POLLS, "it does not end");
            let guest = trial.guest(&database, programs::FAULT_PREPARES_AND_DECIDES).api(api);
            let outcome = guest.run_for_polls(polls).await;
            until("its place is free", PATIENCE, async || database.status().in_use == 0).await;
            trial.commit_what_is_prepared().await;
            let sum: Option<u32> = trial.schema.value("SELECT SUM(id) FROM t").await;
            assert!([None, Some(1 + 2), Some(1 + 2 + 3 + 4)].contains(&sum), "after {polls} polls: {sum:?}");
            // A busy server can come late to what a guest had sent before it was dropped.
            until("its rows are free", PATIENCE, async || {
                trial.commit_what_is_prepared().await;
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
async fn p11_who_is_cancelled_while_it_connects_takes_no_place() {
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
        until("nothing is counted", PATIENCE, async || {
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
fn p13_a_runtime_that_ends_while_sessions_are_lent_takes_no_harm() {
    let outer = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut trial, database) = outer.block_on(async {
        let trial = Trial::new().await;
        let database = trial.database_of(4);
        (trial, database)
    });
    let mut gate = outer.block_on(trial.schema.gate());
    // Not dropped before their runtime is.
    let mut left = Vec::new();
    for api in Api::BOTH {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let held = Grant::new(Statements::Dml);
            let waiting = guest(programs::WAITS_AT_A_GATE).api(api).database("main", &database, held.clone());
            let waiting = waiting.args([gate.name()]).start();
            let running = guest(programs::RUNS_EACH_STATEMENT).api(api).database("main", &database, held);
            let running = running.args(["DO SLEEP(20)"]).start();
            gate.awaited_by(1).await;
            trial.schema.running("SLEEP(20)", 1, PATIENCE).await;
            left.push((waiting, running));
        });
        runtime.shutdown_timeout(Duration::from_secs(2));
        outer.block_on(until("all places are free", PATIENCE, async || database.status().in_use == 0));
    }
    // What ran can't be killed where nothing can run any more. The server's own limit ends it; here, the administrator does.
    outer.block_on(async {
        gate.open().await;
        let user = trial.server.user().to_owned();
        trial.schema.run(&format!("KILL USER '{user}'@'127.0.0.1'")).await;
        drop((database, left));
        let database = trial.database_of(1);
        trial.is_over(database).await;
    });
}
