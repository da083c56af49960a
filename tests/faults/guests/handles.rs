//! Handles that are hoarded, forged or used after their end.

use std::time::Duration;

use wasmysql_host::{Grant, Statements, StoreSettings};
use wasmysql_tests::{Api, End, Trial, guest, until};

use super::{row_is_free_and_as_it_was, trial_of_a_row, writer};
use crate::programs;

/// What a guest does, and what the component runtime says of it.
const CRIMES: &[(&str, &str)] = &[
    ("drops a connection twice", "unknown handle index"),
    ("drops a transaction twice", "unknown handle index"),
    ("asks a connection that it dropped", "unknown handle index"),
    ("calls a connection that it dropped", "unknown handle index"),
    ("commits a transaction that it dropped", "unknown handle index"),
    ("invents a connection", "unknown handle index 777"),
    ("invents the least of handles", "unknown handle index 0"),
    ("invents the largest of handles", "unknown handle index"),
    ("drops a cursor that it invented", "unknown handle index 777"),
    ("passes a statement as a transaction", "handle index"),
    ("passes an engine as a connection", "handle index"),
    ("passes a connection as an engine", "handle index"),
    ("drops a connection as a statement", "handle index"),
];

#[tokio::test(flavor = "multi_thread")]
async fn g2_a_handle_that_is_forged_or_used_after_its_end_is_a_trap_and_other_guests_notice_nothing() {
    let mut trial = trial_of_a_row().await;
    let mut gate = trial.schema.gate().await;
    let database = trial.database_of(2);
    let bystander = writer(&database, programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    for api in Api::BOTH {
        for (crime, words) in CRIMES {
            let outcome = writer(&database, programs::FAULT_FORGES_HANDLES).api(api).args([*crime]).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {crime}: {outcome:?}") };
            assert!(reason.contains(words), "{api:?}: {crime}: {reason}");
            assert_eq!(outcome.stdout, "begun\n", "{api:?}: {crime}");
            row_is_free_and_as_it_was(&mut trial, &database).await;
        }
    }
    gate.open().await;
    assert_eq!(bystander.ended().await.success(), "through\n");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g1_connections_and_statements_are_counted_by_the_host() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    for (what, told) in [
        ("connections", "4 connections, then ErrorKind::LimitExceeded(Limit::Connections)"),
        ("statements", "64 statements, then ErrorKind::LimitExceeded(Limit::Statements)"),
    ] {
        for api in Api::BOTH {
            let grant = Grant::new(Statements::Dml).acquire_timeout(Duration::from_millis(200));
            let hoarder = guest(programs::FAULT_HOARDS_HANDLES).api(api).database("main", &database, grant);
            let printed = hoarder.args([what]).run().await.success();
            assert_eq!(printed.lines().last(), Some(told), "{api:?}");
            let sessions = trial.schema.sessions().await;
            assert!(sessions <= 4, "{api:?}: {sessions} sessions");
            until("all is given back", Duration::from_secs(1), async || database.status().in_use == 0).await;
        }
    }
    trial.is_over(database).await;
}

/// What is not counted by the host, and where its store ends it.
const HOARDS: [(&str, &str); 3] = [
    ("engines", "resource table has no free keys"),
    ("transactions", "resource table has no free keys"),
    ("savepoints", "resource table has no free keys"),
];

#[tokio::test(flavor = "multi_thread")]
async fn g1_any_other_resource_is_a_trap_when_its_store_has_no_place_for_more() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(10);
    for api in Api::BOTH {
        for (what, words) in HOARDS {
            let grant = Grant::new(Statements::Dml).max_transaction_depth(1000);
            let hoarder = guest(programs::FAULT_HOARDS_HANDLES).api(api).database("main", &database, grant);
            let outcome = hoarder.args([what]).limited(StoreSettings::default()).run().await;
            let End::Trap(reason) = &outcome.end else { panic!("{api:?}: {what}: {outcome:?}") };
            assert!(reason.contains(words), "{api:?}: {what}: {reason}");
            // What else it holds, and what WASI has, are in the same table.
            let held: usize = outcome.stdout.lines().last().unwrap().parse().unwrap();
            assert!((230..=250).contains(&held), "{api:?}: {what}: {held}");
            let sessions = trial.schema.sessions().await;
            assert!(sessions <= 4, "{api:?}: {what}: {sessions} sessions");
        }
    }
    trial.is_over(database).await;
}
