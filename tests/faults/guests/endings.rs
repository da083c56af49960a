//! Guests that fail, are stopped, or leave resources open.

use std::time::Duration;

use wasmysql_tests::{Api, End, Logs, PATIENCE, Root, Trial, until};

use super::{row_is_free_and_as_it_was, trial_of_a_row, writer};
use crate::programs;

/// How the guest ends, and the end that the host reports.
const ENDS: [(&str, &str); 5] = [
    ("returns", "success"),
    ("forgets and returns", "success"),
    ("exits", "error"),
    ("panics", "trap"),
    ("aborts", "trap"),
];

/// Calls that wait for a SLEEP of 30 seconds.
const ABANDONED: [&str; 5] =
    ["a query", "a prepared query", "many rows of parameters", "a fetch", "a statement in a transaction"];

#[tokio::test(flavor = "multi_thread")]
async fn g16_g17_guest_that_ends_with_everything_open_leaves_no_lock() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        for (end, expected) in ENDS {
            let lock = format!("{}_lock", trial.schema.name());
            let guest = trial.guest(&database, programs::FAULT_LEAVES_EVERYTHING_OPEN).api(api);
            let outcome = guest.args([end, &lock]).run().await;
            let ended = match &outcome.end {
                End::Success => "success",
                End::Error => "error",
                End::Trap(_) => "trap",
                End::Cancelled => "cancelled",
            };
            assert_eq!((ended, outcome.stdout.as_str()), (expected, "open\n"), "{api:?}: {end}: {outcome:?}");
            until("the slots are free", Duration::from_secs(1), async || database.status().in_use == 0).await;
            let free = format!("SELECT IS_FREE_LOCK('{lock}')");
            let mut root = Root::connect(&trial.server.socket()).await;
            until("the named lock is free", Duration::from_secs(1), async || root.value::<bool>(&free).await).await;
            row_is_free_and_as_it_was(&mut trial, &database).await;
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g14_abandoned_call_is_killed_at_the_server() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    let database = trial.database_of(2);
    for call in ABANDONED {
        let running = writer(&database, programs::FAULT_ABANDONS_ITS_CALLS).args([call, "no gate"]).start();
        running.printed("abandoned").await;
        trial.schema.running("SLEEP", 0, Duration::from_secs(1)).await;
        running.ended().await.success();
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM done").await, 0, "{call}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g14_abandoned_commit_is_logged_with_the_guest_name() {
    let logs = Logs::listen();
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    let mut gate = trial.schema.gate().await;
    let database = trial.database_of(2);
    let guest = writer(&database, programs::FAULT_ABANDONS_ITS_CALLS).guest_name("forgetful");
    let running = guest.args(["a commit", gate.name()]).start();
    running.printed("inserted").await;
    gate.awaited_by(1).await;
    // COMMIT waits for this global read lock.
    let mut root = Root::connect(&trial.server.socket()).await;
    root.run("FLUSH TABLES WITH READ LOCK").await;
    gate.open().await;
    running.printed("abandoned").await;
    root.run("UNLOCK TABLES").await;
    drop(root);
    running.ended().await.success();
    logs.wait_for(&["WARN", "its outcome is unknown", "guest=\"forgetful\""]).await;
    let rows: u32 = trial.schema.value("SELECT COUNT(*) FROM done").await;
    assert!(rows <= 1, "{rows} rows");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g14_store_dropped_in_mid_statement_leaves_no_lock() {
    let mut trial = trial_of_a_row().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let sleeper = writer(&database, programs::RUNS_EACH_STATEMENT).api(api);
        let running = sleeper.args(["UPDATE locked SET value = SLEEP(30)"]).start();
        trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
        running.abandon().await;
        row_is_free_and_as_it_was(&mut trial, &database).await;
    }
    trial.is_over(database).await;
}
