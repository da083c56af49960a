//! Results that are too large, or that nobody reads.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Trial, guest, until};

use super::writer;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g12_a_result_of_two_gigabytes_that_is_dropped_after_a_row_frees_its_place_at_once() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let dropper = writer(&database, programs::CURSOR_DROPPED_EARLY).api(api);
        let running = dropper.args(["2000000".to_owned(), "1000".to_owned(), gate.name().to_owned()]).start();
        running.printed("dropped").await;
        until("its place is free", Duration::from_millis(100), async || database.status().in_use == 1).await;
        trial.schema.running("seq_1_to_", 0, Duration::from_secs(1)).await;
        gate.awaited_by(1).await;
        gate.open().await;
        assert_eq!(running.ended().await.success().lines().last(), Some("closed"), "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g13_a_result_that_nobody_reads_is_cut_after_the_fetch_timeout_and_its_next_fetch_is_told() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let grant = Grant::new(Statements::Dml).fetch_timeout(Duration::from_millis(500));
        let idler = guest(programs::FAULT_KEEPS_A_CURSOR_UNREAD).api(api).database("main", &database, grant);
        let running = idler.args([gate.name()]).start();
        running.printed("open").await;
        gate.awaited_by(1).await;
        until("its place is free", Duration::from_secs(2), async || database.status().in_use == 1).await;
        trial.schema.running("seq_1_to_", 0, Duration::from_secs(1)).await;
        gate.open().await;
        let printed = running.ended().await.success();
        assert!(printed.contains(" rows, then Timeout(Step::Fetch)\nResourceClosed\n"), "{api:?}: {printed}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g20_a_value_larger_than_the_server_gives_is_refused_by_the_server_and_the_session_goes_on() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        writer(&database, programs::FAULT_ASKS_FOR_TOO_LARGE_VALUES).api(api).run().await.success();
    }
    trial.is_over(database).await;
}
