//! A call of `execute_many` is stopped while the server changes its rows: S27.

use std::time::Duration;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{PATIENCE, Root, Running, Trial, guest, until};

use crate::programs;

/// The row that another session locks, so that the call waits for it.
const LOCKED: u32 = 50;

/// A call that waits for a row lock.
struct Waiting {
    trial: Trial,
    database: Database,
    /// Holds the row lock.
    lock: Root,
}

impl Waiting {
    async fn start(how: &str) -> (Self, Running) {
        let mut trial = Trial::new().await;
        trial.schema.run("CREATE TABLE rows_in_bulk (id INT PRIMARY KEY, n INT)").await;
        let values = (0..100).map(|id| format!("({id}, 0)")).collect::<Vec<_>>().join(", ");
        trial.schema.run(&format!("INSERT INTO rows_in_bulk VALUES {values}")).await;
        let mut lock = Root::connect(&trial.server.socket()).await;
        lock.run("BEGIN").await;
        let table = format!("{}.rows_in_bulk", trial.schema.name());
        lock.run(&format!("UPDATE {table} SET n = 5 WHERE id = {LOCKED}")).await;
        let database = trial.database_of(2);
        let running = guest(programs::FAULT_UPDATES_MANY_ROWS)
            .database("main", &database, Grant::new(Statements::Dml))
            .args([how])
            .start();
        until("the call waits for the lock", PATIENCE, async || {
            trial.schema.status("Innodb_row_lock_current_waits").await == 1
        })
        .await;
        (Self { trial, database, lock }, running)
    }

    /// Checks that exactly these rows are changed, and that no call waits for the lock.
    async fn ends_with(mut self, changed: u32) {
        self.trial.schema.running("rows_in_bulk", 0, Duration::from_secs(1)).await;
        self.lock.run("ROLLBACK").await;
        let sums = "SELECT CONCAT(SUM(n), ' ', SUM(n * (id < 50))) FROM rows_in_bulk";
        assert_eq!(self.trial.schema.value::<String>(sums).await, format!("{changed} {changed}"));
        until("the slots are free", PATIENCE, async || self.database.status().in_use == 0).await;
        self.trial.is_over(self.database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_kill_query_stops_a_bulk_update_at_the_named_row() {
    for (how, changed) in [("alone", LOCKED), ("in a transaction", 0)] {
        let (mut waiting, running) = Waiting::start(how).await;
        waiting.trial.kill("QUERY", "rows_in_bulk").await;
        let output = running.ended().await.success();
        assert_eq!(output, "1317, row 50 of this call, usable\n", "{how}");
        waiting.ends_with(changed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_kill_in_a_bulk_update_keeps_the_earlier_rows() {
    for (how, changed) in [("alone", LOCKED), ("in a transaction", 0)] {
        let (mut waiting, running) = Waiting::start(how).await;
        waiting.trial.kill("CONNECTION", "rows_in_bulk").await;
        let output = running.ended().await.success();
        let rows = if cfg!(feature = "mysql") { "row 50" } else { "rows 0 to 99" };
        assert_eq!(output, format!("ConnectionLost, {rows} of this call, closed\n"), "{how}");
        waiting.ends_with(changed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_abandoned_bulk_update_is_stopped_at_the_server() {
    let (waiting, running) = Waiting::start("alone").await;
    running.abandon().await;
    waiting.ends_with(LOCKED).await;
}
