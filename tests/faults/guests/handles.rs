//! Handles that are hoarded, forged, or used after they were dropped.

use std::time::Duration;

use wasmysql_host::{Grant, Statements, StoreSettings};
use wasmysql_tests::{Api, End, Trial, guest, until};

use super::{row_is_free_and_as_it_was, trial_of_a_row, writer};
use crate::programs;

/// The misuse of a handle, and words of the trap that the component runtime reports.
const MISUSES: &[(&str, &str)] = &[
    ("drops a connection twice", "unknown handle index"),
    ("drops a transaction twice", "unknown handle index"),
    ("checks a connection that it dropped", "unknown handle index"),
    ("calls a connection that it dropped", "unknown handle index"),
    ("commits a transaction that it dropped", "unknown handle index"),
    ("invents a connection", "unknown handle index 777"),
    ("invents the smallest handle", "unknown handle index 0"),
    ("invents the largest handle", "unknown handle index"),
    ("drops a cursor that it invented", "unknown handle index 777"),
    ("passes a statement as a transaction", "handle index"),
    ("passes an engine as a connection", "handle index"),
    ("passes a connection as an engine", "handle index"),
    ("drops a connection as a statement", "handle index"),
];

#[tokio::test(flavor = "multi_thread")]
async fn g2_forged_or_dropped_handle_traps_only_its_guest() {
    let mut trial = trial_of_a_row().await;
    let mut gate = trial.schema.gate().await;
    let database = trial.database_of(2);
    let bystander = writer(&database, programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    for api in Api::BOTH {
        for (misuse, words) in MISUSES {
            let outcome = writer(&database, programs::FAULT_FORGES_HANDLES).api(api).args([*misuse]).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {misuse}: {outcome:?}") };
            assert!(reason.contains(words), "{api:?}: {misuse}: {reason}");
            assert_eq!(outcome.stdout, "begun\n", "{api:?}: {misuse}");
            row_is_free_and_as_it_was(&mut trial, &database).await;
        }
    }
    gate.open().await;
    assert_eq!(bystander.ended().await.success(), "through\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_connections_and_statements_are_limited_by_the_host() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    for (resource, expected) in [
        ("connections", "4 connections, then ErrorKind::LimitExceeded(Limit::Connections)"),
        ("statements", "64 statements, then ErrorKind::LimitExceeded(Limit::Statements)"),
    ] {
        for api in Api::BOTH {
            let grant = Grant::new(Statements::Dml).acquire_timeout(Duration::from_millis(200));
            let hoarder = guest(programs::FAULT_HOARDS_HANDLES).api(api).database("main", &database, grant);
            let printed = hoarder.args([resource]).run().await.success();
            assert_eq!(printed.lines().last(), Some(expected), "{api:?}");
            let sessions = trial.schema.sessions().await;
            assert!(sessions <= 4, "{api:?}: {sessions} sessions");
            until("all connections are released", Duration::from_secs(1), async || database.status().in_use == 0).await;
        }
    }
    trial.is_over(database).await;
}

/// Resources without a limit of the host, and words of the trap when the handle table of the store
/// is full.
const HOARDS: [(&str, &str); 3] = [
    ("engines", "resource table has no free keys"),
    ("transactions", "resource table has no free keys"),
    ("savepoints", "resource table has no free keys"),
];

#[tokio::test(flavor = "multi_thread")]
async fn g1_other_resources_trap_when_the_handle_table_is_full() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    for api in Api::BOTH {
        for (resource, words) in HOARDS {
            let grant = Grant::new(Statements::Dml).max_transaction_depth(1000);
            let hoarder = guest(programs::FAULT_HOARDS_HANDLES).api(api).database("main", &database, grant);
            let outcome = hoarder.args([resource]).limited(StoreSettings::default()).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {resource}: {outcome:?}") };
            assert!(reason.contains(words), "{api:?}: {resource}: {reason}");
            // The table also holds the guest's other handles and those of WASI.
            let held: usize = outcome.stdout.lines().last().unwrap().parse().unwrap();
            assert!((230..=250).contains(&held), "{api:?}: {resource}: {held}");
            let sessions = trial.schema.sessions().await;
            assert!(sessions <= 4, "{api:?}: {resource}: {sessions} sessions");
        }
    }
    trial.is_over(database).await;
}
