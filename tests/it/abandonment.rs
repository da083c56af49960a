//! A guest that traps, is dropped or cancels a call leaves no lock, no running statement and no
//! session state behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, End, Guest, PATIENCE, Schema, guest, until};

use crate::programs;

fn with(database: &Database, api: Api, program: &'static str) -> Guest {
    guest(program).api(api).database("main", database, Grant::new(Statements::Ddl))
}

#[tokio::test(flavor = "multi_thread")]
async fn trap_in_a_transaction_leaves_no_lock() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
        schema.run("INSERT INTO locked VALUES (1, 0)").await;
        let database = schema.database_of(1);
        let outcome = with(&database, api, programs::TRAP_IN_A_TRANSACTION).run().await;
        assert!(matches!(outcome.end, End::Trap(_)), "{outcome:?}");
        assert_eq!(outcome.stdout, "locked\n");

        let start = Instant::now();
        let update = "UPDATE locked SET value = value + 10 WHERE id = 1";
        let printed = with(&database, api, programs::RUNS_EACH_STATEMENT).args([update]).run().await.success();
        assert_eq!(printed, "done, 1 rows\n");
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert_eq!(schema.value::<i32>("SELECT value FROM locked").await, 10);

        let place = ["none", schema.name()];
        with(&database, api, programs::FINDS_A_CLEAN_SESSION).args(place).run().await.success();
        assert_eq!(database.status().max_size, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn session_is_reset_for_the_next_guest() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY)").await;
        let database = schema.database_of(1);
        let lock = format!("{}_lock", schema.name());
        let left = with(&database, api, programs::LEAVES_TRACES_IN_ITS_SESSION).args([&lock]).run().await.success();
        let place = [&lock, schema.name()];
        let found = with(&database, api, programs::FINDS_A_CLEAN_SESSION).args(place).run().await.success();
        assert_eq!(found, left, "the guests do not use the same session");
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM counted").await, 1, "the transaction was not rolled back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_store_ends_its_statement() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let database = schema.database_of(1);
        let running = with(&database, api, programs::RUNS_EACH_STATEMENT).args(["DO SLEEP(30)"]).start();
        schema.running("SLEEP(30)", 1, PATIENCE).await;
        running.abandon().await;
        until("its slot is free", Duration::from_millis(100), async || database.status().in_use == 0).await;
        schema.running("SLEEP(30)", 0, Duration::from_secs(2)).await;
        with(&database, api, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn call_cancelled_by_the_guest_ends_at_the_server() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let running = with(&database, Api::Asynchronous, programs::CANCELS_ITS_OWN_CALL).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    running.printed("cancelled").await;
    schema.running("SLEEP(30)", 0, Duration::from_secs(2)).await;
    running.ended().await.success();
    until("its slots are free", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn timed_out_statement_ends_at_the_server() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        let database = schema.database();
        with(&database, api, programs::STATEMENT_TIMES_OUT).run().await.success();
        schema.running("SLEEP(10)", 0, Duration::from_secs(2)).await;
        until("its slots are free", PATIENCE, async || database.status().in_use == 0).await;
    }
}

#[test]
fn runtime_shutdown_during_reset_does_not_panic() {
    let panics = Arc::new(AtomicU32::new(0));
    let (counted, default) = (Arc::clone(&panics), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::Relaxed);
        default(panic);
    }));
    for _ in 0..20 {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let printed = runtime.block_on(async {
            let schema = Schema::new().await;
            with(&schema.database(), Api::Blocking, programs::RUNS_EACH_STATEMENT)
                .args(["SELECT 1"])
                .run()
                .await
                .success()
        });
        assert_eq!(printed, "done, 0 rows\n");
        // The guest has just ended, so its session is being reset.
        drop(runtime);
    }
    assert_eq!(panics.load(Ordering::Relaxed), 0, "panics while the runtime ended");
}
