//! Limits of a grant: at the limit, and one past it.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{End, Face, PATIENCE, Schema, guest, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_as_large_as_the_grant_allows() {
    let schema = Schema::new().await;
    let database = schema.database();
    let read = || Grant::new(Statements::Read);
    for face in Face::BOTH {
        let outcome = guest(programs::RESULTS_WITHIN_THEIR_LIMITS)
            .face(face)
            .database("3 rows", &database, read().max_result_rows(3))
            .database("20000 rows", &database, read().max_result_rows(20_000))
            .database("80 bytes", &database, read().max_result_bytes(80))
            .database("800000 bytes", &database, read().max_result_bytes(800_000))
            .run()
            .await;
        assert!(outcome.end == End::Success, "{face:?}: {:?}\n{}{}", outcome.end, outcome.stdout, outcome.stderr);
        until("all is given back", PATIENCE, async || database.status().in_use == 0).await;
    }
}
