//! The pool and cancelled calls: rows P1 to P16.

mod cancelled;
mod storms;
mod waits;
mod watchdog;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Trial, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn trial_without_a_fault_leaves_nothing_behind() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let database = trial.database_of(4);
    let grant = Grant::new(Statements::Read).max_connections(4);
    let holder = guest(programs::FAULT_ACQUIRES_CONCURRENTLY).database("main", &database, grant).args(["4"]);
    assert_eq!(holder.run().await.success(), "4 acquired\n");
    let writer = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["INSERT INTO t VALUES (1)"]);
    assert_eq!(writer.run().await.success(), "done, 1 rows\n");
    trial.is_over(database).await;
}
