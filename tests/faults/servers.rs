//! Databases with several servers: rows C1 to C19.

mod cluster;
mod replication;
mod roles;
mod unreachable;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Guest, Standby, Trial, guest};

use crate::programs;

/// Returns a trial and a second, independent server with the same schema. Only the trial's server
/// has the table `here`.
async fn trial_and_standby() -> (Trial, Standby) {
    let mut trial = Trial::new().await;
    let mut standby = Standby::of(&trial).await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("CREATE TABLE here (id INT)").await;
    standby.run("CREATE TABLE t (id INT)").await;
    (trial, standby)
}

/// Returns the options of a database with the trial's server first and the standby second.
fn both(trial: &Trial, standby: &Standby) -> DatabaseOptions {
    then(trial.options(), standby)
}

/// Adds the standby to the servers of the options.
fn then(options: DatabaseOptions, standby: &Standby) -> DatabaseOptions {
    options.server("127.0.0.1", standby.server.port()).max_connections(2).guest_share(100)
}

fn database(options: DatabaseOptions) -> Database {
    Database::new(options).unwrap()
}

/// Returns a guest that runs these steps.
fn steps<'s>(database: &Database, steps: impl IntoIterator<Item = &'s str>) -> Guest {
    guest(programs::FAULT_RUNS_STEPS).database("main", database, Grant::default()).args(steps)
}

/// Inserts a row and returns the result: `ok` or the error.
async fn insert(database: &Database) -> String {
    let printed = steps(database, ["INSERT INTO t VALUES (1)"]).run().await.success();
    printed.trim_start_matches("INSERT INTO t VALUES (1): ").trim_end().to_owned()
}

/// Returns whether a read-only guest reads from the trial's server.
async fn reads_at_the_trial(database: &Database) -> bool {
    let grant = Grant::new(Statements::Read);
    let guest = guest(programs::FAULT_RUNS_STEPS).database("main", database, grant).args(["SELECT * FROM here"]);
    match guest.run().await.success().trim_start_matches("SELECT * FROM here: ").trim_end() {
        "ok" => true,
        "Server(1146 42S02 Syntax) Never None" => false,
        other => panic!("{other}"),
    }
}

/// Returns the number of rows at the trial's server and at the standby.
async fn rows(trial: &mut Trial, standby: &mut Standby) -> (u64, u64) {
    (trial.schema.value("SELECT COUNT(*) FROM t").await, standby.rows_of("t").await)
}
