//! Deadlocks of two guests.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Schema, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn deadlock_fails_one_guest_and_commits_the_other() {
    let (ends, updates) = deadlock(programs::UPDATES_TWO_ROWS_IN_A_DEADLOCK, &[]).await;
    assert_eq!(ends, ["committed\n", "victim\n"]);
    assert_eq!(updates, 2 + 1, "two updates of the survivor, one of the retried victim");
}

/// Runs a program twice, once in each API. The arguments are a gate and two rows: the program
/// updates the first row, waits at the gate, and updates the second row.
///
/// Returns both outputs, sorted, and the number of updates.
pub(crate) async fn deadlock(program: &'static str, more_arguments: &[&str]) -> ([String; 2], u32) {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE two (id INT PRIMARY KEY, n INT)").await;
    schema.run("INSERT INTO two VALUES (1, 0), (2, 0)").await;
    let mut gate = schema.gate().await;
    let database = schema.database();
    let start = |api, first, second| {
        guest(program)
            .api(api)
            .database("main", &database, Grant::new(Statements::Dml))
            .args([gate.name(), first, second])
            .args(more_arguments.iter().copied())
            .start()
    };
    let (one, other) = (start(Api::Asynchronous, "1", "2"), start(Api::Blocking, "2", "1"));
    gate.awaited_by(2).await;
    gate.open().await;

    let mut ends = [one.ended().await.success(), other.ended().await.success()];
    ends.sort();
    (ends, schema.value("SELECT SUM(n) FROM two").await)
}
