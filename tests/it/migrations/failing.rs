//! Statements that fail, and how a schema is mended.

use std::time::{Duration, Instant};

use wasmysql_host::{MigrationError, MigrationState, Resolution};
use wasmysql_tests::{PATIENCE, Schema, until};

use super::{VISITS, check_refused, migrate, migrations, states, table_exists};

/// Its second statement fails while the table `old` is missing.
const PARTLY: (&str, &str) =
    ("2_partly.sql", "CREATE TABLE a (id INT);\n\nDROP TABLE old;\nCREATE TABLE b (id INT);\n");
const LAST: (&str, &str) = ("3_last.sql", "CREATE TABLE c (id INT);");

#[tokio::test(flavor = "multi_thread")]
async fn failed_statement_stops_this_and_later_runs() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let files = [VISITS, PARTLY, LAST];
    let error = migrate(&database, &files).await.unwrap_err();
    let MigrationError::Statement { file, line, message, statements_applied, statements, in_doubt, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((&**file, *line, *statements_applied, *statements, *in_doubt), ("2_partly.sql", 3, 1, 3, false));
    assert!(message.contains("(1051, 42S02)"), "{message}");
    check_refused(
        Err(error),
        &["2_partly.sql:3: DROP TABLE old\n", "1 of 3 statements are applied and stay", "--resolve 2=applied"],
    );
    for (table, exists) in [("a", true), ("b", false), ("c", false), ("visits", true)] {
        assert_eq!(table_exists(&mut schema, table).await, exists, "{table}");
    }
    let row = "SELECT CONCAT_WS(' ', state, statements_applied, failed_line, in_doubt, error LIKE '%1051%') FROM \
               wasmysql_migrations WHERE version = 2";
    assert_eq!(schema.value::<String>(row).await, "failed 1 3 0 1");

    let words = ["2_partly.sql failed in an earlier run at line 3", "1051", "1 of 3"];
    check_refused(migrate(&database, &files).await, &words);
    // A corrected file does not repeat its first statement.
    check_refused(migrate(&database, &[VISITS, (PARTLY.0, "CREATE TABLE a (id INT);"), LAST]).await, &words);
    let found = states(&database, &files).await;
    assert_eq!(found, [MigrationState::Applied, MigrationState::Failed, MigrationState::Pending]);

    // The missing statements are run by hand.
    schema.run("CREATE TABLE b (id INT)").await;
    database.resolve_migration(&migrations(&files), 2, Resolution::Applied).await.unwrap();
    assert_eq!(migrate(&database, &files).await.unwrap(), [LAST.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_is_run_again_after_its_statements_were_undone() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let files = [VISITS, PARTLY, LAST];
    check_refused(migrate(&database, &files).await, &["2_partly.sql:3"]);
    schema.run("DROP TABLE a").await;
    schema.run("CREATE TABLE old (id INT)").await;
    database.resolve_migration(&migrations(&files), 2, Resolution::Pending).await.unwrap();
    assert_eq!(migrate(&database, &files).await.unwrap(), [PARTLY.0, LAST.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_changed_nothing_can_be_corrected() {
    let schema = Schema::new().await;
    let database = schema.database();
    let wrong = ("2_next.sql", "ALTER TABLE visits ADD COLUMN path INT;\nCREATE TABLE a (id INT);");
    let words = ["2_next.sql:1: ", "1060", "nothing of the file is applied; correct the file"];
    check_refused(migrate(&database, &[VISITS, wrong]).await, &words);
    assert_eq!(states(&database, &[VISITS, wrong]).await, [MigrationState::Applied, MigrationState::Pending]);
    let right = ("2_next.sql", "ALTER TABLE visits ADD COLUMN at DATETIME;\nCREATE TABLE a (id INT);");
    assert_eq!(migrate(&database, &[VISITS, right]).await.unwrap(), [right.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn call_that_fails_first_is_in_doubt() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let procedure = (
        "2_procedure.sql",
        "DELIMITER $$\nCREATE PROCEDURE p() BEGIN INSERT INTO pages (path) VALUES ('/'); SELECT * FROM nowhere; END $$\n",
    );
    let files = [VISITS, procedure, ("3_call.sql", "CALL p();")];
    let words = ["3_call.sql:1: CALL p()", "1146", "unknown whether those from statement 1 on are"];
    check_refused(migrate(&database, &files).await, &words);
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM pages").await, 1);
    check_refused(migrate(&database, &files).await, &["3_call.sql failed in an earlier run"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_program_without_delimiter_gets_advice() {
    let schema = Schema::new().await;
    let database = schema.database();
    // The lexer does not look into the executable comment, so the server reports the error.
    let hidden = "CREATE /*!50003 PROCEDURE */ p()\nBEGIN\n  SELECT 1;\nEND;";
    let words = ["1_a.sql:1: CREATE /*!50003 PROCEDURE */ p() BEGIN SELECT 1\n", "1064", "DELIMITER //"];
    check_refused(migrate(&database, &[("1_a.sql", hidden)]).await, &words);
    let other = ["1_a.sql:1: SELECT FROM\n", "1064"];
    let error = migrate(&database, &[("1_a.sql", "SELECT FROM;")]).await.unwrap_err().to_string();
    assert!(other.iter().all(|word| error.contains(word)) && !error.contains("DELIMITER"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statement_past_its_time_is_killed_and_in_doubt() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let files = [("1_slow.sql", "CREATE TABLE a (id INT);\nCREATE TABLE b AS SELECT SLEEP(60) AS n;")];
    let limited = migrations(&files).statement_timeout(Duration::from_millis(500));
    let start = Instant::now();
    let error = database.migrate(&limited).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(matches!(error, MigrationError::InDoubt { line: 2, statements_applied: 1, statements: 2, .. }), "{error}");
    check_refused(Err(error), &["1_slow.sql:2: ", "unknown whether the statement is applied", "within 0.5 s"]);
    schema.running("SLEEP(60)", 0, PATIENCE).await;
    let words = ["1_slow.sql: an earlier run was interrupted at line 2", "within 0.5 s", "from statement 2 on"];
    check_refused(migrate(&database, &files).await, &words);
    assert_eq!(states(&database, &files).await, [MigrationState::Interrupted]);
    database.resolve_migration(&migrations(&files), 1, Resolution::Applied).await.unwrap();
    assert_eq!(migrate(&database, &files).await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_statement_is_in_doubt() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let files = [("1_slow.sql", "CREATE TABLE a (id INT);\nCREATE TABLE b AS SELECT SLEEP(60) AS n;")];
    let running = tokio::spawn({
        let (database, files) = (database.clone(), migrations(&files));
        async move { database.migrate(&files).await }
    });
    let name = schema.name().to_owned();
    let find = format!(
        "SELECT COALESCE(MIN(id), 0) FROM information_schema.processlist WHERE db = '{name}' AND info LIKE '%SLEEP(60)%' \
         AND user <> 'root'"
    );
    let mut id = 0_u64;
    until("the statement runs", PATIENCE, async || {
        id = schema.value(&find).await;
        id > 0
    })
    .await;
    schema.run(&format!("KILL QUERY {id}")).await;
    let found = running.await.unwrap();
    // SLEEP reports KILL QUERY as its result on some servers, so the statement can succeed there.
    match found {
        Err(error) => assert!(matches!(error, MigrationError::InDoubt { line: 2, .. }), "{error}"),
        Ok(applied) => assert_eq!(applied.len(), 1),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_removes_its_row_is_not_applied_silently() {
    for removal in ["DELETE FROM wasmysql_migrations", "DROP TABLE wasmysql_migrations"] {
        let schema = Schema::new().await;
        let database = schema.database();
        let file = ("1_removes.sql", &*format!("CREATE TABLE a (id INT);\n{removal};\n"));
        check_refused(migrate(&database, &[file]).await, &["1_removes.sql", "the row of the file was missing"]);
        check_refused(migrate(&database, &[file]).await, &["1_removes.sql", "interrupted"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_before_the_first_change_need_no_repair() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let file = ("1_late.sql", "SET SESSION lock_wait_timeout = 10;\nUSE `SCHEMA`;\nALTER TABLE late ADD n INT;\n");
    let text = file.1.replace("SCHEMA", schema.name());
    let files = [(file.0, &*text)];
    check_refused(migrate(&database, &files).await, &["1_late.sql:3", "nothing of the file is applied"]);
    schema.run("CREATE TABLE late (id INT)").await;
    assert_eq!(migrate(&database, &files).await.unwrap(), [file.0]);
}

#[cfg(not(feature = "mysql"))]
#[tokio::test(flavor = "multi_thread")]
async fn failed_replacement_of_a_table_is_in_doubt() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    schema.run("CREATE TABLE t AS SELECT 1 AS id").await;
    let files = [("1_replace.sql", "CREATE OR REPLACE TABLE t (a INT, a INT);")];
    let error = migrate(&database, &files).await.unwrap_err();
    assert!(matches!(error, MigrationError::Statement { in_doubt: true, .. }), "{error}");
    check_refused(migrate(&database, &files).await, &["1_replace.sql", "--resolve 1="]);
}
