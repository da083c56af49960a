//! Guests that hold named locks.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Trial, guest, until};

use crate::programs;

const LIMIT: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn g27_named_lock_of_a_waiting_guest_is_released() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let held = format!("{}_held", trial.schema.name());
        let take = format!("DO GET_LOCK('{held}', 0)");
        let wait = format!("gate {}", gate.name());
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_RUNS_STEPS).api(api).database("main", &database, grant);
        let running = holder.args([&*take, &*wait, "DO 1"]).start();
        gate.awaited_by(1).await;
        let is_free = format!("SELECT IS_FREE_LOCK('{held}')");
        until("the named lock is free", PATIENCE, async || trial.schema.value::<u32>(&is_free).await == 1).await;
        until("the slot is free", PATIENCE, async || database.status().in_use == 1).await;
        gate.open().await;
        let expected = format!("{take}: ok\n{wait}: ok\nDO 1: ResourceClosed Never None\n");
        assert_eq!(running.ended().await.success(), expected, "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g27_named_lock_of_a_busy_guest_is_released() {
    let trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let take = format!("DO GET_LOCK('{}_held', 0)", trial.schema.name());
        let grant = Grant::new(Statements::Dml).transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_RUNS_STEPS).api(api).database("main", &database, grant);
        let steps = std::iter::once(&*take).chain(std::iter::repeat_n("DO SLEEP(0.02)", 200));
        let printed = holder.args(steps).run().await.success();
        let (before, after) = printed.split_once("DO SLEEP(0.02): ResourceClosed Never None\n").expect(&printed);
        assert!(before.lines().count() <= 27, "{api:?}: {printed}");
        assert!(after.lines().all(|line| line.ends_with(": ResourceClosed Never None")), "{api:?}: {printed}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g27_released_named_lock_keeps_the_connection_open() {
    let mut trial = Trial::with(&["--general-log", "--log-output=TABLE"]).await;
    let database = trial.database_of(4);
    for (api, expected_queries) in Api::BOTH.into_iter().zip(1_u32..) {
        let mut gate = trial.schema.gate().await;
        let take = format!("DO GET_LOCK('{}_held', 0)", trial.schema.name());
        let release = take.replace("GET_LOCK", "RELEASE_LOCK").replace(", 0", "");
        let wait = format!("gate {}", gate.name());
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_RUNS_STEPS).api(api).database("main", &database, grant);
        let running = holder.args([&*take, &*release, &*wait, "DO 1"]).start();
        gate.awaited_by(1).await;
        let queries = "SELECT COUNT(*) FROM mysql.general_log WHERE argument = 'SELECT RELEASE_ALL_LOCKS()'";
        until("the host sends RELEASE_ALL_LOCKS", PATIENCE, async || {
            trial.schema.value::<u32>(queries).await >= expected_queries
        })
        .await;
        gate.open().await;
        let expected = format!("{take}: ok\n{release}: ok\n{wait}: ok\nDO 1: ok\n");
        assert_eq!(running.ended().await.success(), expected, "{api:?}");
    }
    trial.is_over(database).await;
}
