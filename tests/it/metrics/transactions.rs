//! Metrics of transactions: their outcomes.

use std::time::Duration;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, Metrics, PATIENCE, Root, Schema, guest, start_server};

use super::{CALLS, Counted, KILLS, TRANSACTIONS};
use crate::programs;

fn outcome(outcome: &str) -> [(&str, &str); 1] {
    [("wasmysql_transaction_outcome", outcome)]
}

#[tokio::test(flavor = "multi_thread")]
async fn root_transactions_are_counted_by_outcome() {
    for api in Api::BOTH {
        let mut counted = Counted::of(2).await;
        counted.schema.run("CREATE TABLE scripted (id INT PRIMARY KEY)").await;
        let follow = async |counted: &Counted, calls: &[&str]| {
            let calls = [&["scripted"], calls].concat();
            counted.guest(programs::FOLLOWS_A_SCRIPT).api(api).args(calls).run().await.success()
        };
        follow(&counted, &["begin", "insert 1", "commit 0"]).await;
        follow(&counted, &["begin", "nested", "insert 2", "rollback 1", "begin", "commit 2", "commit 0"]).await;
        counted.counts(&[(TRANSACTIONS, &outcome("committed"), 2), (TRANSACTIONS, &[], 2)]);

        follow(&counted, &["begin", "rollback 0"]).await;
        follow(&counted, &["begin", "drop 0"]).await;
        follow(&counted, &["begin", "begin", "rollback 1", "rollback 0"]).await;
        follow(&counted, &["begin", "insert 3"]).await;
        counted.wait_for(TRANSACTIONS, &outcome("rolled-back"), 4.0).await;

        follow(&counted, &["begin", "ddl", "rollback 0"]).await;
        counted.counts(&[(TRANSACTIONS, &outcome("implicit-commit"), 1)]);

        follow(&counted, &["twophase", "insert 4", "prepare 0", "commit 0"]).await;
        follow(&counted, &["twophase", "insert 5", "prepare 0", "rollback 0"]).await;
        counted.counts(&[
            (TRANSACTIONS, &outcome("committed"), 3),
            (TRANSACTIONS, &outcome("rolled-back"), 5),
            (TRANSACTIONS, &[], 9),
            (CALLS, &[("db_operation_name", "commit")], 3),
            (CALLS, &[("db_operation_name", "prepare-transaction")], 2),
        ]);
        let begun = counted.value(CALLS, &[("db_operation_name", "begin")]);
        assert_eq!(begun, 12.0, "inner transactions and savepoints are begins too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_of_dropped_guest_counts_as_cancelled() {
    let mut counted = Counted::new().await;
    counted.schema.run("CREATE TABLE done (id INT)").await;
    let mut gate = counted.schema.gate().await;
    let running = counted.guest(programs::COMMITS_AT_A_GATE).args([gate.name()]).start();
    gate.awaited_by(1).await;
    counted.counts(&[(TRANSACTIONS, &[], 0)]);
    running.abandon().await;
    counted.wait_for(TRANSACTIONS, &outcome("cancelled"), 1.0).await;
    counted.counts(&[
        (TRANSACTIONS, &[], 1),
        (CALLS, &[("db_operation_name", "execute"), ("error_type", "cancelled")], 1),
        (CALLS, &[("db_operation_name", "commit")], 0),
    ]);
    gate.open().await;
    counted.wait_for(KILLS, &[], 1.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlock_victim_is_counted() {
    let mut counted = Counted::of(2).await;
    counted.schema.run("CREATE TABLE two (id INT PRIMARY KEY, n INT)").await;
    counted.schema.run("INSERT INTO two VALUES (1, 0), (2, 0)").await;
    let mut gate = counted.schema.gate().await;
    let orders = [["1", "2"], ["2", "1"]];
    let running = orders.map(|[first, second]| {
        counted.guest(programs::UPDATES_TWO_ROWS_IN_A_DEADLOCK).args([gate.name(), first, second]).start()
    });
    gate.awaited_by(2).await;
    gate.open().await;
    for guest in running {
        guest.ended().await.success();
    }
    counted.counts(&[
        (TRANSACTIONS, &outcome("deadlock"), 1),
        (CALLS, &[("error_type", "server(deadlock)"), ("wasmysql_statement_kind", "dml")], 1),
    ]);
    assert!(counted.value(TRANSACTIONS, &outcome("committed")) >= 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unanswered_commit_is_counted_as_unknown() {
    // The test locks the whole server, so it cannot use the shared one.
    let server = start_server(&[]);
    let metrics = Metrics::listen();
    for is_dropped in [false, true] {
        let mut schema = Schema::on(&server).await;
        schema.run("CREATE TABLE done (id INT)").await;
        let mut gate = schema.gate().await;
        let name = if is_dropped { "counted dropped commit" } else { "counted late commit" };
        let database = Database::new(schema.options().name(name)).unwrap();
        let limit = if is_dropped { PATIENCE } else { Duration::from_millis(300) };
        let grant = Grant::new(Statements::Dml).commit_timeout(limit);
        let committer = guest(programs::COMMITS_AT_A_GATE).database("main", &database, grant).args([gate.name()]);
        let running = committer.start();
        gate.awaited_by(1).await;
        let mut root = Root::connect(&server.socket()).await;
        root.run("FLUSH TABLES WITH READ LOCK").await;
        gate.open().await;
        schema.running("COMMIT", 1, PATIENCE).await;
        let error = match is_dropped {
            true => {
                running.abandon().await;
                "cancelled"
            }
            false => {
                running.ended().await.success();
                "commit-unknown"
            }
        };
        drop(root);
        let database = ("db_client_connection_pool_name", name);
        metrics.wait_for(TRANSACTIONS, &[database, outcome("unknown")[0]], 1.0, PATIENCE).await;
        assert_eq!(metrics.value(TRANSACTIONS, &[database]), 1.0);
        assert_eq!(metrics.value(CALLS, &[database, ("db_operation_name", "commit"), ("error_type", error)]), 1.0);
    }
}
