//! The pool, and calls that are cancelled: rows P1 to P13.

mod cancelled;
mod storms;
mod waits;
mod watchdog;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Trial, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_where_nothing_was_wrong() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    let database = trial.database_of(4);
    let grant = Grant::new(Statements::Read).max_connections(4);
    let borrower = guest(programs::FAULT_BORROWS_AT_ONCE).database("main", &database, grant).args(["4"]);
    assert_eq!(borrower.run().await.success(), "4 borrowed\n");
    let writer = trial.guest(&database, programs::RUNS_EACH_STATEMENT).args(["INSERT INTO t VALUES (1)"]);
    assert_eq!(writer.run().await.success(), "done, 1 rows\n");
    trial.is_over(database).await;
}
