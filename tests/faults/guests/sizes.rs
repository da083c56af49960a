//! Calls that are too many, and calls that are too large.

use std::time::Duration;

use wasmysql_host::{Grant, Statements, StoreSettings};
use wasmysql_tests::{Api, End, PATIENCE, Trial, guest, resident_bytes, until};

use super::writer;
use crate::programs;

/// All within what a host takes from a guest in one call.
const TOO_MUCH: [&str; 4] =
    ["1 MiB of SQL and a byte", "65536 parameters", "a parameter of 4 MiB and 5 bytes", "9 MiB in three parameters"];

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_a_call_that_is_too_large_is_refused_and_the_transaction_goes_on() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let guest = writer(&database, programs::FAULT_SENDS_TOO_MUCH).api(api).args(TOO_MUCH);
        let guest = guest.limited(StoreSettings::default());
        let printed = guest.run().await.success();
        assert_eq!(printed, TOO_MUCH.map(|what| format!("{what}: refused\n")).concat(), "{api:?}");
        trial.schema.run("DELETE FROM sent").await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g15_ten_thousand_calls_on_one_connection_are_one_and_the_others_are_busy() {
    let trial = Trial::new().await;
    let database = trial.database_of(4);
    let guest = writer(&database, programs::FAULT_STARTS_TEN_THOUSAND_CALLS).args(["on one connection"]);
    assert_eq!(guest.run().await.success(), "Busy: 9999\ndone: 1\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g15_ten_thousand_calls_on_connections_of_their_own_are_as_many_as_the_guest_may_have() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    let grant = Grant::new(Statements::Dml)
        .acquire_timeout(Duration::from_millis(500))
        .statement_timeout(Duration::from_secs(1));
    let guest = guest(programs::FAULT_STARTS_TEN_THOUSAND_CALLS).database("main", &database, grant);
    let running = guest.args(["on connections of their own"]).start();
    trial.schema.running("SLEEP(30)", 4, Duration::from_secs(5)).await;
    let outcome = running.ended().await;
    assert_eq!(outcome.end, End::Success, "{outcome:?}");
    // Four had a connection, some waited for one in vain, and the rest had not even a place to wait.
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
async fn g15_more_calls_at_once_than_a_store_has_handles_are_a_trap() {
    let trial = Trial::new().await;
    let database = trial.database_of(10);
    let guest = writer(&database, programs::FAULT_STARTS_TEN_THOUSAND_CALLS).args(["on connections of their own"]);
    let outcome = guest.limited(StoreSettings::default()).run().await;
    let End::Trap(reason) = &outcome.end else { panic!("{outcome:?}") };
    assert!(reason.contains("handle"), "{reason}");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_a_call_larger_than_a_host_takes_at_all_is_a_trap() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    let mut limits = StoreSettings::default();
    // Room to make it in.
    limits.memory_bytes = 256 << 20;
    for api in Api::BOTH {
        for what in ["20 MiB of SQL", "a parameter of 20 MB"] {
            let guest = writer(&database, programs::FAULT_SENDS_TOO_MUCH).api(api).args([what]);
            let outcome = guest.limited(limits.clone()).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {what}: {outcome:?}") };
            assert!(reason.contains("fuel"), "{api:?}: {what}: {reason}");
            assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM sent").await, 0, "{api:?}: {what}");
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_without_a_limit_of_the_store_it_is_refused_like_any_that_is_too_large() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE sent (id INT PRIMARY KEY)").await;
    let database = trial.database_of(1);
    let what = ["20 MiB of SQL", "a parameter of 20 MB"];
    writer(&database, programs::FAULT_SENDS_TOO_MUCH).args(what).run().await.success();
    trial.is_over(database).await;
}

// Its aftermath is not looked at: of buffers for packets this large the driver keeps up to 4 MiB each, for the next.
#[tokio::test(flavor = "multi_thread")]
async fn g6_g7_calls_and_rows_are_as_large_as_the_default_limits_and_no_larger() {
    let trial = Trial::new().await;
    let database = trial.database_of(4);
    for api in Api::BOTH {
        for program in [programs::CALLS_WITHIN_THEIR_LIMITS, programs::ROWS_WITHIN_THEIR_LIMITS] {
            let guest = writer(&database, program).api(api).args(["as granted by default"]);
            guest.limited(StoreSettings::default()).run().await.success();
        }
    }
    until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
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
        until("it has sent all", Duration::from_secs(60), async || {
            peak = peak.max(resident_bytes());
            running.has_ended()
        })
        .await;
        running.ended().await.success();
        // One text of every row would be a gigabyte.
        assert!(peak.saturating_sub(before) < 100 << 20, "{api:?}: the host grew by {} bytes", peak - before);
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM long_rows").await, 8000, "{api:?}");
        trial.schema.run("DELETE FROM long_rows").await;
    }
    trial.is_over(database).await;
}
