//! Servers that violate the protocol: rows R1 to R12.

mod answers;
mod commits;
mod login;
mod rows;

use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Answer, Process, Request, Rogue, guest, until};

use crate::programs;

/// The time limit for the cleanup after a rogue server.
const AFTERMATH: Duration = Duration::from_secs(3);

/// Starts a server that sends `answer` for a guest's statement, and correct answers for everything
/// else.
async fn answers_statements_with(answer: Answer) -> Rogue {
    Rogue::start(move |request| match request {
        Request::Execute(_) => answer.clone(),
        _ => Answer::Correct,
    })
    .await
}

fn database(rogue: &Rogue) -> Database {
    Database::new(rogue.options().max_connections(1)).unwrap()
}

/// Runs a statement in a guest and returns its one line of output: the result or the error.
async fn run_statement(database: &Database) -> String {
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", database, Grant::default());
    let output = guest.args(["SELECT 1"]).run().await.success();
    assert_eq!(output.lines().count(), 1, "{output}");
    output.trim_end().to_owned()
}

/// Waits until the slot in the pool is free and all connections to the server are closed.
async fn is_disconnected(database: Database, rogue: Rogue) {
    until("the slot is free", AFTERMATH, async || database.status().in_use == 0).await;
    drop(database);
    until("all connections are closed", AFTERMATH, async || rogue.open_connections() == 0).await;
}

/// Waits until all connections are closed, and checks that the process is as before.
async fn is_over(process: &Process, database: Database, rogue: Rogue) {
    is_disconnected(database, rogue).await;
    process.is_as_before().await;
}

/// Checks that the output is an error of one of these kinds, with a message of at most 1 KiB
/// without control characters.
#[track_caller]
fn is_one_of(kinds: &[&str], output: &str) {
    let (kind, message) = output.split_once(": ").unwrap_or((output, ""));
    assert!(kinds.contains(&kind), "'{output}' is none of {kinds:?}");
    assert!(!message.is_empty() && message.len() <= 1024, "{output}");
    assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{output:?}");
}
