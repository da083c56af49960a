//! Two guests that wait for each other.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Face, Schema, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_guests_in_a_deadlock_one_commits_and_one_is_told() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE two (id INT PRIMARY KEY, n INT)").await;
    schema.run("INSERT INTO two VALUES (1, 0), (2, 0)").await;
    let mut gate = schema.gate().await;
    let database = schema.database();
    let start = |face, first, second| {
        guest(programs::UPDATES_TWO_ROWS_IN_A_DEADLOCK)
            .face(face)
            .database("main", &database, Grant::new(Statements::Dml))
            .args([gate.name(), first, second])
            .start()
    };
    let (one, other) = (start(Face::Asynchronous, "1", "2"), start(Face::Blocking, "2", "1"));
    gate.awaited_by(2).await;
    gate.open().await;

    let mut ends = [one.ended().await.success(), other.ended().await.success()];
    ends.sort();
    assert_eq!(ends, ["committed\n", "victim\n"]);
    assert_eq!(schema.value::<u32>("SELECT SUM(n) FROM two").await, 2 + 1, "two of the one, one of the other's repeat");
}
