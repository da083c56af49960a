//! A statement that can change data runs to its end, even if the guest drops its rows. If it
//! fails, the guest gets the error.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, series, until};

use crate::programs;

/// Creates a schema with the tables, procedures and functions that the programs need.
async fn schema() -> Schema {
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
        "FUNCTION adds(n INT) RETURNS INT BEGIN INSERT INTO log VALUES (n); RETURN n; END",
    ] {
        schema.run(&format!("CREATE {create}")).await;
    }
    schema
}

/// Runs the program in both APIs.
async fn check(program: &'static str) {
    for api in Api::BOTH {
        let database = schema().await.database_of(4);
        let outcome = guest(program).api(api).database("main", &database, Grant::new(Statements::Ddl)).run().await;
        println!("{api:?}");
        outcome.success();
    }
}

/// Runs a guest that drops the rows of this statement and ends. Checks that `table` then has `rows`
/// rows.
async fn check_at_the_end(statement: &str, table: &str, rows: u32) {
    for api in Api::BOTH {
        let mut schema = schema().await;
        let database = schema.database();
        let guest = guest(programs::DROPS_ROWS_OF_A_CHANGE).api(api).args([statement]);
        guest.database("main", &database, Grant::new(Statements::Dml)).run().await.success();
        until("its slot is free", PATIENCE, async || database.status().in_use == 0).await;
        assert_eq!(schema.value::<u32>(&format!("SELECT COUNT(*) FROM {table}")).await, rows, "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: RETURNING")]
async fn changes_complete_after_their_rows_are_dropped() {
    check(programs::DISCARDS_ROWS_OF_CHANGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_complete_after_their_rows_are_dropped() {
    check(programs::DISCARDS_ROWS_OF_CALLS).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: RETURNING")]
async fn change_completes_after_its_guest_ends() {
    let insert = format!("INSERT INTO f1 SELECT seq FROM {} AS series RETURNING id, REPEAT('x', 30)", series(200_000));
    check_at_the_end(&insert, "f1", 200_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_completes_after_its_guest_ends() {
    check_at_the_end("CALL slow_insert()", "log", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: RETURNING")]
async fn error_after_dropped_rows_of_a_change_is_reported() {
    check(programs::DISCARDS_ROWS_OF_A_DUPLICATE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_after_dropped_rows_of_a_call_are_reported() {
    check(programs::DISCARDS_ROWS_OF_FAILURES).await;
}
