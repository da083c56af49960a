//! Too many calls, and calls that are too large.

use std::time::Duration;

use wasmysql_host::{Grant, Statements, StoreSettings};
use wasmysql_tests::{Api, End, PATIENCE, Trial, guest, resident_bytes, until};

use super::writer;
use crate::programs;

/// Sizes above the limits of the grant, and below the limit of the store for one call.
const TOO_MUCH: [&str; 4] =
    ["1 MiB of SQL and a byte", "65536 parameters", "a parameter of 4 MiB and 5 bytes", "9 MiB in three parameters"];

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_too_large_call_leaves_the_transaction_open() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let guest = writer(&database, programs::FAULT_EXCEEDS_CALL_LIMITS).api(api).args(TOO_MUCH);
        let guest = guest.limited(StoreSettings::default());
        let printed = guest.run().await.success();
        assert_eq!(printed, TOO_MUCH.map(|size| format!("{size}: refused\n")).concat(), "{api:?}");
        trial.schema.run("DELETE FROM sent").await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g15_concurrent_calls_on_one_connection_are_busy() {
    let trial = Trial::new().await;
    let database = trial.database_of(4);
    let guest = writer(&database, programs::FAULT_STARTS_TEN_THOUSAND_CALLS).args(["on one connection"]);
    assert_eq!(guest.run().await.success(), "Busy: 9999\ndone: 1\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g15_concurrent_acquires_stop_at_the_grant_limit() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    let grant = Grant::new(Statements::Dml)
        .acquire_timeout(Duration::from_millis(500))
        .statement_timeout(Duration::from_secs(1));
    let guest = guest(programs::FAULT_STARTS_TEN_THOUSAND_CALLS).database("main", &database, grant);
    let running = guest.args(["on separate connections"]).start();
    trial.schema.running("SLEEP(30)", 4, Duration::from_secs(5)).await;
    let outcome = running.ended().await;
    assert_eq!(outcome.end, End::Success, "{outcome:?}");
    // Four calls get a connection, up to a thousand calls wait until they time out, and the other
    // calls find the wait queue full.
    let count = |kind: &str| -> u32 {
        let line = outcome.stdout.lines().find_map(|line| line.strip_prefix(kind));
        line.unwrap_or_else(|| panic!("{}", outcome.stdout)).parse().unwrap()
    };
    let (cut, waited) = (count("Timeout(Step::Execute): "), count("LimitExceeded(Connections): "));
    assert_eq!((cut, cut + waited + count("LimitExceeded(Waiters): ")), (4, 10_000));
    assert!((990..=1000).contains(&waited), "{waited} waited");
    assert!(database.status().size <= 4, "{:?}", database.status());
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g15_more_calls_than_the_store_has_handles_are_a_trap() {
    let trial = Trial::new().await;
    let database = trial.database_of(10);
    let guest = writer(&database, programs::FAULT_STARTS_TEN_THOUSAND_CALLS).args(["on separate connections"]);
    let outcome = guest.limited(StoreSettings::default()).run().await;
    let End::Trap(reason) = &outcome.end else { panic!("{outcome:?}") };
    assert!(reason.contains("handle"), "{reason}");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_call_above_the_store_limit_is_a_trap() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    // The guest needs memory to build the call.
    let limits = StoreSettings::default().memory_bytes(256 << 20);
    for api in Api::BOTH {
        for size in ["20 MiB of SQL", "a parameter of 20 MB"] {
            let guest = writer(&database, programs::FAULT_EXCEEDS_CALL_LIMITS).api(api).args([size]);
            let outcome = guest.limited(limits.clone()).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {size}: {outcome:?}") };
            assert!(reason.contains("fuel"), "{api:?}: {size}: {reason}");
            assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM sent").await, 0, "{api:?}: {size}");
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_huge_call_without_a_store_limit_is_refused() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    let sizes = ["20 MiB of SQL", "a parameter of 20 MB"];
    writer(&database, programs::FAULT_EXCEEDS_CALL_LIMITS).args(sizes).run().await.success();
    trial.is_over(database).await;
}

// The final checks are left out: the driver keeps up to 4 MiB of each large packet buffer for
// reuse.
#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_calls_and_rows_fit_up_to_the_default_limits() {
    let trial = Trial::new().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        for program in [programs::CALLS_WITHIN_THEIR_LIMITS, programs::ROWS_WITHIN_THEIR_LIMITS] {
            let guest = writer(&database, program).api(api).args(["as granted by default"]);
            guest.limited(StoreSettings::default()).run().await.success();
        }
    }
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g31_rows_of_a_long_statement_cost_the_host_little() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE long_rows (a INT)").await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let before = resident_bytes();
        let mut peak = before;
        let running = writer(&database, programs::FAULT_SENDS_ROWS_OF_A_LONG_STATEMENT).api(api).start();
        until("the guest has ended", Duration::from_secs(60), async || {
            peak = peak.max(resident_bytes());
            running.has_ended()
        })
        .await;
        running.ended().await.success();
        // A statement with one text for each row would take 1 GB.
        assert!(peak.saturating_sub(before) < 100 << 20, "{api:?}: the host grew by {} bytes", peak - before);
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM long_rows").await, 8000, "{api:?}");
        trial.schema.run("DELETE FROM long_rows").await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g33_parameters_of_waiting_calls_are_limited() {
    let trial = Trial::new().await;
    let database = trial.database_of(4);
    let guest = trial.guest(&database, programs::FAULT_ABANDONS_ACQUIRES).args(["parameters"]);
    // Four connections with 8 MiB of parameters and 1 MiB of text each.
    assert_eq!(guest.run().await.success(), "4 calls wait\n");
    trial.is_over(database).await;
}
