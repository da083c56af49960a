//! Transactions that the SDK repeats.

use wasmysql_tests::{Api, Schema, in_both_apis};

use crate::deadlocks::deadlock;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_to_a_deadlock_is_repeated() {
    let ends = deadlock(programs::RETRIES_A_DEADLOCK, &["5"]).await;
    assert_eq!(ends, (["committed 1 at attempt 1\n", "committed 1 at attempt 2\n"].map(str::to_owned), 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_often_than_allowed() {
    let ends = deadlock(programs::RETRIES_A_DEADLOCK, &["1"]).await;
    assert_eq!(ends, (["committed 1 at attempt 1\n", "gave up after 1: Some(1213)\n"].map(str::to_owned), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_with_its_connection_is_repeated_on_another() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE written (attempt INT)").await;
        let mut gate = schema.gate().await;
        let running = schema.guest(programs::RETRIES_ON_ANOTHER_CONNECTION).api(api).args([gate.name()]).start();
        for printed in ["committed at attempt 2", "lost after 1: true"] {
            gate.awaited_by(1).await;
            let waiting = "SELECT id FROM information_schema.processlist WHERE state = 'User lock' AND db = DATABASE()";
            let session: u64 = schema.value(waiting).await;
            schema.run(&format!("KILL {session}")).await;
            running.printed(printed).await;
        }
        running.ended().await.success();
        assert_eq!(schema.value::<u32>("SELECT SUM(attempt) FROM written").await, 2, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_is_repeated() {
    in_both_apis(programs::RETRIES_NOTHING_ELSE).await;
}
