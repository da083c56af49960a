//! Servers that break the rules: rows R1 to R12.

mod answers;
mod commits;
mod login;
mod rows;

use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Answer, Heard, Process, Rogue, guest, until};

use crate::programs;

/// In which nothing is left of a server that broke the rules.
const AFTERMATH: Duration = Duration::from_secs(3);

/// What hosts and drivers say by themselves is answered as it should be, and a guest's statement like this.
async fn answers_statements_with(answer: Answer) -> Rogue {
    Rogue::that(move |heard| match heard {
        Heard::Execute(_) => answer.clone(),
        _ => Answer::Polite,
    })
    .await
}

fn database(rogue: &Rogue) -> Database {
    Database::new(rogue.options().max_connections(1)).unwrap()
}

/// What a guest is told that runs a statement.
async fn told(database: &Database) -> String {
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", database, Grant::default());
    let told = guest.args(["SELECT 1"]).run().await.success();
    assert_eq!(told.lines().count(), 1, "{told}");
    told.trim_end().to_owned()
}

/// Its place in the pool is free, and its connections are closed.
async fn is_left(database: Database, rogue: Rogue) {
    until("its place is free", AFTERMATH, async || database.status().in_use == 0).await;
    drop(database);
    until("its connections are closed", AFTERMATH, async || rogue.open_connections() == 0).await;
}

/// And the host is as it was.
async fn is_over(process: &Process, database: Database, rogue: Rogue) {
    is_left(database, rogue).await;
    process.is_as_before().await;
}

#[track_caller]
fn is_one_of(kinds: &[&str], told: &str) {
    let (kind, message) = told.split_once(": ").unwrap_or((told, ""));
    assert!(kinds.contains(&kind), "'{told}' where one of {kinds:?} was expected");
    assert!(!message.is_empty() && message.len() <= 1024, "{told}");
    assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
}
