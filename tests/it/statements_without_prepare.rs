//! Statements that MySQL can't prepare.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Schema, guest};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn statements_without_prepare_run_alone() {
    for api in Api::BOTH {
        let schema = Schema::new().await;
        let guest = guest(programs::STATEMENTS_WITHOUT_PREPARE).api(api);
        let outcome = guest.database("main", &schema.database(), Grant::new(Statements::Any)).run().await;
        println!("{api:?}");
        outcome.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_apply_to_statements_without_prepare() {
    let mut schema = Schema::new().await;
    for sql in ["CREATE TABLE kept (id INT)", "CREATE VIEW seen AS SELECT id FROM kept", "START TRANSACTION"] {
        schema.run(sql).await;
    }
    // The transaction of the administrator keeps a lock on the view.
    schema.run("INSERT INTO kept SELECT id FROM seen").await;
    let grant = Grant::new(Statements::Any).max_columns(3).statement_timeout(Duration::from_millis(300));
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &schema.database_of(1), grant);
    let statements = ["CHECK TABLE kept", "DO 1", "ALTER VIEW seen AS SELECT 2 AS id", "DO 1"];
    let answers = guest.args(statements).run().await.success();
    let answers: Vec<_> = answers.lines().collect();
    assert!(answers[0].starts_with("LimitExceeded(Columns): "), "{answers:?}");
    assert!(answers[1].starts_with("done"), "{answers:?}");
    assert!(answers[2].starts_with("Timeout(Execute): "), "{answers:?}");
    assert!(answers[3].starts_with("ResourceClosed"), "{answers:?}");
    schema.run("ROLLBACK").await;
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM seen").await, 0, "the view is unchanged");
}
