//! Files with transactions.

use wasmysql_host::MigrationError;
use wasmysql_tests::Schema;

use super::{check_refused, migrate};

const TABLE: (&str, &str) = ("1_table.sql", "CREATE TABLE t (id INT PRIMARY KEY);");

/// Applies a file whose statements fail, and returns the rows of the table and the number of
/// applied statements of the ledger.
#[track_caller]
fn check(text: &str, words: &[&str], rows: u32, applied: u32) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let mut schema = Schema::new().await;
        let found = migrate(&schema.database(), &[TABLE, ("2_rows.sql", text)]).await;
        let error = found.unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{caller}: {error}");
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM t").await, rows, "{caller}: {error}");
        let ledger = "SELECT statements_applied FROM wasmysql_migrations WHERE version = 2";
        assert_eq!(schema.value::<u32>(ledger).await, applied, "{caller}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_rolls_back_the_open_transaction() {
    let begun = "INSERT INTO t VALUES (1);\nSTART TRANSACTION;\nINSERT INTO t VALUES (2);\n";
    let stays = ["1 of 3 statements are applied and stay applied"];
    check(&format!("{begun}INSERT INTO t VALUES (2);"), &["2_rows.sql:4: ", "1062", "1 of 4 statements"], 1, 1).await;
    // Nothing is left of the file.
    let all = "BEGIN;\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);\nCOMMIT;";
    check(all, &["2_rows.sql:3: ", "nothing of the file is applied"], 0, 0).await;
    // Without autocommit, the first INSERT begins the transaction.
    let manual = "SET autocommit = 0;\nINSERT INTO t VALUES (1);\nSELECT * FROM nowhere;";
    check(manual, &["2_rows.sql:3: ", stays[0]], 0, 1).await;
    // The next transaction commits the previous one.
    let next = format!("{begun}START TRANSACTION;\nINSERT INTO t VALUES (3);\nSELECT * FROM nowhere;");
    check(&next, &["2_rows.sql:6: ", "3 of 6 statements are applied and stay"], 2, 3).await;
    check(&format!("{begun}COMMIT;\nSELECT * FROM nowhere;"), &["2_rows.sql:5: ", "4 of 5 statements"], 2, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_ddl_that_commits_first_is_in_doubt() {
    let text = "START TRANSACTION;\nINSERT INTO t VALUES (1);\nCREATE TABLE t (id INT);";
    check(text, &["2_rows.sql:3: ", "1050", "it is unknown whether those from statement 1 on are"], 1, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_ends_in_a_transaction_is_rolled_back() {
    let text = "INSERT INTO t VALUES (1);\nSTART TRANSACTION;\nINSERT INTO t VALUES (2);\n";
    check(text, &["2_rows.sql:2: the file ends in the transaction", "add COMMIT", "1 of 3 statements"], 1, 1).await;
    let schema = Schema::new().await;
    let database = schema.database();
    let open = ("2_rows.sql", "START TRANSACTION;\nINSERT INTO t VALUES (2);");
    let error = migrate(&database, &[TABLE, open]).await.unwrap_err();
    assert!(matches!(error, MigrationError::OpenTransaction { line: 1, statements_applied: 0, .. }), "{error}");
    check_refused(Err(error), &["nothing of the file is applied"]);
    let committed = ("2_rows.sql", "START TRANSACTION;\nINSERT INTO t VALUES (2);\nCOMMIT;");
    assert_eq!(migrate(&database, &[TABLE, committed]).await.unwrap(), [committed.0]);
}
