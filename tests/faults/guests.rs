//! Hostile and broken guests: rows G1 to G32.
//!
//! Not here: G8, G9, G10, G21, G22, G24 and G28 leave nothing to look for afterwards, and are in `it` (`errors`, `statements`, `values`,
//! `secrets`). G23, a handle that is passed to another component: handles pass between the instances of a store as the component runtime has it,
//! and the quota is the store's, whichever of them calls. G25, the timing of statements, is out of scope: guests of one server can always feel each other's load.
//! G26, a component that is hard to compile, is for whoever compiles: the host never does, it is given an instance.

mod databases;
mod endings;
mod handles;
mod locks;
mod machine;
mod results;
mod sizes;
mod time;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Guest, Trial, guest};

use crate::programs;

/// A trial with a row for guests to lock.
async fn trial_of_a_row() -> Trial {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE locked (id INT PRIMARY KEY, value INT)").await;
    trial.schema.run("INSERT INTO locked VALUES (1, 0)").await;
    trial
}

/// A guest that may change data, and nothing else.
fn writer(database: &Database, program: &'static str) -> Guest {
    guest(program).database("main", database, Grant::new(Statements::Dml))
}

/// Another guest changes the row, and finds it as it was.
async fn row_is_free_and_as_it_was(trial: &mut Trial, database: &Database) {
    let update = "UPDATE locked SET value = value + 10";
    let printed = writer(database, programs::RUNS_EACH_STATEMENT).args([update]).run().await.success();
    assert_eq!(printed, "done, 1 rows\n");
    assert_eq!(trial.schema.value::<i32>("SELECT value FROM locked").await, 10);
    trial.schema.run("UPDATE locked SET value = 0").await;
}
