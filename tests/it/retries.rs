//! Transactions that the SDK retries.

use wasmysql_tests::{Api, Schema, in_both_apis};

use crate::deadlocks::deadlock;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn deadlock_victim_is_retried() {
    let ends = deadlock(programs::RETRIES_A_DEADLOCK, &["5"]).await;
    assert_eq!(ends, (["committed 1 at attempt 1\n", "committed 1 at attempt 2\n"].map(str::to_owned), 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_stop_at_the_allowed_number() {
    let ends = deadlock(programs::RETRIES_A_DEADLOCK, &["1"]).await;
    assert_eq!(ends, (["committed 1 at attempt 1\n", "gave up after 1: Some(1213)\n"].map(str::to_owned), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connection_is_retried_on_a_new_connection() {
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
async fn other_errors_are_not_retried() {
    in_both_apis(programs::TRANSACTION_CLOSURES).await;
}
