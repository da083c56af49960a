//! SeaORM on the SDK's connections.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Schema, guest};

use crate::programs;

/// Runs a program, which must succeed.
async fn run(program: &'static str) {
    Schema::new().await.guest(program).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_are_created_found_updated_and_deleted() {
    run(programs::SEA_ORM_ENTITIES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn field_types_round_trip() {
    run(programs::SEA_ORM_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_commit_roll_back_nest_and_stay_separate() {
    run(programs::SEA_ORM_TRANSACTIONS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_keep_their_kind() {
    let schema = Schema::new().await;
    let guest = guest(programs::SEA_ORM_ERRORS)
        .database("main", &schema.database(), Grant::new(Statements::Ddl))
        .database("readers", &schema.database(), Grant::new(Statements::Read));
    guest.run().await.success();
}
