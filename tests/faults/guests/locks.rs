//! Guests that lock: names, and rows where they only read.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Trial, guest, until};

use crate::programs;

const LIMIT: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn g27_a_lock_by_name_is_released_while_its_guest_waits() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let held = format!("{}_held", trial.schema.name());
        let take = format!("DO GET_LOCK('{held}', 0)");
        let wait = format!("gate {}", gate.name());
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_TAKES_STEPS).api(api).database("main", &database, grant);
        let running = holder.args([&*take, &*wait, "DO 1"]).start();
        gate.awaited_by(1).await;
        let is_free = format!("SELECT IS_FREE_LOCK('{held}')");
        until("it is free", PATIENCE, async || trial.schema.value::<u32>(&is_free).await == 1).await;
        until("its place is free", PATIENCE, async || database.status().in_use == 1).await;
        gate.open().await;
        let told = format!("{take}: ok\n{wait}: ok\nDO 1: ResourceClosed Never None\n");
        assert_eq!(running.ended().await.success(), told, "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g27_a_lock_by_name_is_released_though_its_guest_is_busy() {
    let trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let take = format!("DO GET_LOCK('{}_held', 0)", trial.schema.name());
        let grant = Grant::new(Statements::Dml).transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_TAKES_STEPS).api(api).database("main", &database, grant);
        let steps = std::iter::once(&*take).chain(std::iter::repeat_n("DO SLEEP(0.02)", 200));
        let printed = holder.args(steps).run().await.success();
        let (ran, told) = printed.split_once("DO SLEEP(0.02): ResourceClosed Never None\n").expect(&printed);
        assert!(ran.lines().count() <= 27, "{api:?}: {printed}");
        assert!(told.lines().all(|line| line.ends_with(": ResourceClosed Never None")), "{api:?}: {printed}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g27_a_lock_by_name_that_was_released_closes_nothing() {
    let mut trial = Trial::with(&["--general-log", "--log-output=TABLE"]).await;
    let database = trial.database_of(4);
    for (api, asked) in Api::BOTH.into_iter().zip(1_u32..) {
        let mut gate = trial.schema.gate().await;
        let take = format!("DO GET_LOCK('{}_held', 0)", trial.schema.name());
        let give = take.replace("GET_LOCK", "RELEASE_LOCK").replace(", 0", "");
        let wait = format!("gate {}", gate.name());
        let grant = Grant::new(Statements::Dml).idle_transaction_timeout(LIMIT);
        let holder = guest(programs::FAULT_TAKES_STEPS).api(api).database("main", &database, grant);
        let running = holder.args([&*take, &*give, &*wait, "DO 1"]).start();
        gate.awaited_by(1).await;
        let questions = "SELECT COUNT(*) FROM mysql.general_log WHERE argument = 'SELECT RELEASE_ALL_LOCKS()'";
        until("the server is asked", PATIENCE, async || trial.schema.value::<u32>(questions).await >= asked).await;
        gate.open().await;
        let told = format!("{take}: ok\n{give}: ok\n{wait}: ok\nDO 1: ok\n");
        assert_eq!(running.ended().await.success(), told, "{api:?}");
    }
    trial.is_over(database).await;
}
