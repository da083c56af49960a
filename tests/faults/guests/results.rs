//! Results that are too large, or that the guest does not read.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Trial, guest, until};

use super::writer;
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g12_dropped_2_gb_result_frees_the_slot_at_once() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let dropper = writer(&database, programs::CURSOR_DROPPED_EARLY).api(api);
        let running = dropper.args(["2000000".to_owned(), "1000".to_owned(), gate.name().to_owned()]).start();
        running.printed("dropped").await;
        until("the slot is free", Duration::from_millis(100), async || database.status().in_use == 1).await;
        trial.schema.running("WITH RECURSIVE", 0, Duration::from_secs(1)).await;
        gate.awaited_by(1).await;
        gate.open().await;
        assert_eq!(running.ended().await.success().lines().last(), Some("closed"), "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g13_unread_result_is_cut_after_the_fetch_timeout() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    for api in Api::BOTH {
        let mut gate = trial.schema.gate().await;
        let grant = Grant::new(Statements::Dml).fetch_timeout(Duration::from_millis(500));
        let idler = guest(programs::FAULT_KEEPS_A_CURSOR_UNREAD).api(api).database("main", &database, grant);
        let running = idler.args([gate.name()]).start();
        running.printed("open").await;
        gate.awaited_by(1).await;
        until("the slot is free", Duration::from_secs(2), async || database.status().in_use == 1).await;
        trial.schema.running("WITH RECURSIVE", 0, Duration::from_secs(1)).await;
        gate.open().await;
        let printed = running.ended().await.success();
        assert!(printed.contains(" rows, then Timeout(Fetch)\nResourceClosed\n"), "{api:?}: {printed}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g20_too_large_value_leaves_the_session_usable() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        writer(&database, programs::FAULT_REQUESTS_TOO_LARGE_VALUES).api(api).run().await.success();
    }
    trial.is_over(database).await;
}
