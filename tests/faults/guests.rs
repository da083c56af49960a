//! Hostile and broken guests: rows G1 to G34.
//!
//! These rows have no tests here:
//!
//! - G8, G9, G21, G22, G24, G28, G30, G32 and a part of G10 need no check of the process
//!   afterwards. Their tests are in `it`.
//! - G23 (handles passed to another component): the component model defines the transfer of handles
//!   between the instances of a store. Quotas belong to the store, and any instance in it uses
//!   them.
//! - G25 (timing of statements) is out of scope: guests of one server can always measure each
//!   other's load.
//! - G26 (a component that is hard to compile) concerns the embedder: this crate gets a finished
//!   instance and compiles nothing.

mod databases;
mod endings;
mod handles;
mod locks;
mod machine;
mod results;
mod rollbacks;
mod sizes;
mod time;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Guest, Trial, guest};

use crate::programs;

/// Returns a trial with a row for guests to lock.
async fn trial_of_a_row() -> Trial {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
    trial.schema.run("INSERT INTO locked VALUES (1, 0)").await;
    trial
}

/// Returns a guest with a `dml` grant.
fn writer(database: &Database, program: &'static str) -> Guest {
    guest(program).database("main", database, Grant::new(Statements::Dml))
}

/// Checks that another guest can change the row at once, and that the row has its original value.
async fn row_is_free_and_as_it_was(trial: &mut Trial, database: &Database) {
    let update = "UPDATE locked SET value = value + 10";
    let printed = writer(database, programs::RUNS_EACH_STATEMENT).args([update]).run().await.success();
    assert_eq!(printed, "done, 1 rows\n");
    assert_eq!(trial.schema.value::<i32>("SELECT value FROM locked").await, 10);
    trial.schema.run("UPDATE locked SET value = 0").await;
}
