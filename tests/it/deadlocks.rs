//! Two guests that wait for each other.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Schema, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_guests_in_a_deadlock_one_commits_and_one_is_told() {
    let (ends, updates) = deadlock(programs::UPDATES_TWO_ROWS_IN_A_DEADLOCK, &[]).await;
    assert_eq!(ends, ["committed\n", "victim\n"]);
    assert_eq!(updates, 2 + 1, "two of the one, one of the other's repeat");
}

/// Runs two of a program, one in each API, which take as arguments a gate, and two rows in the order in which to update
/// them, with the gate between. What they printed, in order, and how many updates there were.
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
