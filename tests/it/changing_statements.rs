//! A statement that can change data runs to its end, even if the guest drops its rows. If it
//! fails, the guest gets the error.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, until};

use crate::programs;

/// Runs the program in both APIs, on a schema with the tables, procedures and functions it needs.
async fn check(program: &'static str) {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        for create in [
            "TABLE f1 (id INT PRIMARY KEY)",
            "TABLE log (name VARCHAR(20))",
            "PROCEDURE slow_insert() BEGIN SELECT 'a'; SELECT 'b'; DO SLEEP(0.2); INSERT INTO log VALUES ('slow'); END",
            "PROCEDURE fails() BEGIN SELECT 'a'; SELECT 'b'; SELECT 'c'; SIGNAL SQLSTATE '45000'; END",
            "PROCEDURE sleeps() BEGIN SELECT 'a'; SELECT 'b'; SELECT 'c'; INSERT INTO log \
             WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000) \
             SELECT COUNT(*) FROM n AS a LEFT JOIN n AS b ON a.seq <> b.seq LEFT JOIN n AS c ON b.seq <> c.seq \
             LEFT JOIN n AS d ON c.seq <> d.seq; END",
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
async fn changes_complete_after_their_rows_are_dropped() {
    check(programs::DISCARDS_ROWS_OF_CHANGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_complete_after_their_guest_ends() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE f1 (id INT PRIMARY KEY)").await;
        let database = schema.database();
        let grant = Grant::new(Statements::Dml);
        guest(programs::DROPS_ROWS_OF_A_CHANGE).api(api).database("main", &database, grant).run().await.success();
        until("its slot is free", PATIENCE, async || database.status().in_use == 0).await;
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM f1").await, 200_000, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_after_dropped_rows_are_reported() {
    check(programs::DISCARDS_ROWS_OF_FAILURES).await;
}
