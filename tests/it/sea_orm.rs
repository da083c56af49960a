//! SeaORM.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Schema, guest};

use crate::programs;

/// Runs a program to its good end.
async fn run(program: &'static str) {
    Schema::new().await.guest(program).run().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_are_made_found_changed_and_deleted() {
    run(programs::SEA_ORM_ENTITIES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_type_of_field_comes_back_as_it_went_in() {
    run(programs::SEA_ORM_TYPES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_commit_roll_back_and_nest_and_do_not_meet() {
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
