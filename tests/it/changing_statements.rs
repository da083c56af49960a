//! A statement that can change something comes to its end, whoever gives up its rows; or its guest learns that it did not.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, until};

use crate::programs;

/// Runs the program on a schema with these procedures and functions.
async fn check(program: &'static str) {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        for create in [
            "TABLE f1 (id INT PRIMARY KEY)",
            "TABLE log (name VARCHAR(20))",
            "PROCEDURE slow_insert() BEGIN SELECT 'a'; SELECT 'b'; DO SLEEP(0.2); INSERT INTO log VALUES ('slow'); END",
            "PROCEDURE fails() BEGIN SELECT 'a'; SELECT 'b'; SELECT 'c'; SIGNAL SQLSTATE '45000'; END",
            "PROCEDURE sleeps() BEGIN SELECT 'a'; SELECT 'b'; SELECT 'c'; INSERT INTO log SELECT COUNT(*) FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b ON a.seq <> b.seq; END",
            "FUNCTION logs(n INT) RETURNS INT BEGIN INSERT INTO log VALUES (n); RETURN n; END",
        ] {
            schema.run(&format!("CREATE {create}")).await;
        }
        let database = schema.database_of(4);
        let outcome = guest(program).api(api).database("main", &database, Grant::new(Statements::Ddl)).run().await;
        println!("{api:?}");
        outcome.success();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_made_whoever_gives_up_the_rows() {
    check(programs::GIVES_UP_ROWS_OF_CHANGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_made_though_their_guest_has_ended() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE f1 (id INT PRIMARY KEY)").await;
        let database = schema.database();
        let grant = Grant::new(Statements::Dml);
        guest(programs::LEAVES_ROWS_OF_A_CHANGE).api(api).database("main", &database, grant).run().await.success();
        until("its place is free", PATIENCE, async || database.status().in_use == 0).await;
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM f1").await, 200_000, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_after_dropped_rows_are_reported() {
    check(programs::GIVES_UP_ROWS_OF_FAILURES).await;
}
