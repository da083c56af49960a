//! Migrations: the order of files, the ledger, and the guests that use the tables.

mod failing;
mod transactions;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasmysql_host::{
    Database, DatabaseOptions, MigrationError, MigrationProgress, MigrationState, Migrations, Resolution,
};
use wasmysql_tests::{Api, PATIENCE, Schema, shared_server, until};

use crate::programs;

const VISITS: (&str, &str) = (
    "0001_create_visits.sql",
    "CREATE TABLE pages (path VARCHAR(40) PRIMARY KEY, visits INT NOT NULL DEFAULT 0);\n\
     CREATE TABLE visits (id INT AUTO_INCREMENT PRIMARY KEY, path VARCHAR(40) NOT NULL);\n",
);
const COUNTING: (&str, &str) = (
    "0002_count_visits.sql",
    "INSERT INTO pages (path) VALUES ('/'), ('/a;b');\n\
     DELIMITER //\n\
     CREATE TRIGGER counting AFTER INSERT ON visits FOR EACH ROW\n\
     BEGIN\n  SET @counted = 1;\n  UPDATE pages SET visits = visits + 1 WHERE path = NEW.path;\nEND //\n\
     DELIMITER ;\n",
);
const INDEX: (&str, &str) = ("0010_add_index.sql", "ALTER TABLE visits ADD INDEX (path);");

fn migrations(files: &[(&str, &str)]) -> Migrations {
    Migrations::from_files(files.iter().copied()).unwrap()
}

/// Applies migrations and returns the names of the applied files.
async fn migrate(database: &Database, files: &[(&str, &str)]) -> Result<Vec<String>, MigrationError> {
    let applied = database.migrate(&migrations(files)).await?;
    Ok(applied.into_iter().map(|applied| applied.name).collect())
}

async fn states(database: &Database, files: &[(&str, &str)]) -> Vec<MigrationState> {
    let found = database.migration_status(&migrations(files)).await.unwrap();
    found.iter().map(|status| status.state).collect()
}

/// Checks that a run is refused, with these words in the message.
#[track_caller]
fn check_refused(found: Result<Vec<String>, MigrationError>, words: &[&str]) {
    let error = found.unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "no '{word}' in: {error}");
    }
}

async fn table_exists(schema: &mut Schema, table: &str) -> bool {
    let name = schema.name().to_owned();
    let sql = format!(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{name}' AND table_name = '{table}'"
    );
    schema.value::<u32>(&sql).await == 1
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_files_are_applied_once_in_order() {
    let mut schema = Schema::new().await;
    // The run needs no connection of the pool.
    let database = schema.database_of(1);
    let events = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&events);
    let some = migrations(&[COUNTING, VISITS]).on_progress(move |event| {
        recorded.lock().unwrap().push(match event {
            MigrationProgress::Started(file) => format!("{} begins", file.name()),
            MigrationProgress::Applied(done) => format!("{} is applied", done.name),
            _ => String::new(),
        });
    });
    assert_eq!(states(&database, &[VISITS, COUNTING]).await, [MigrationState::Pending; 2]);
    assert!(!table_exists(&mut schema, "wasmysql_migrations").await, "the status created the ledger");
    let applied = database.migrate(&some).await.unwrap();
    let found: Vec<_> = applied.iter().map(|done| (done.version, &*done.name, done.statements)).collect();
    assert_eq!(found, [(1, VISITS.0, 2), (2, COUNTING.0, 2)]);
    let expected = ["0001_create_visits.sql begins", "0001_create_visits.sql is applied"];
    assert_eq!(events.lock().unwrap()[..2], expected);
    assert_eq!(events.lock().unwrap().len(), 4);

    assert_eq!(migrate(&database, &[VISITS, COUNTING]).await.unwrap(), [""; 0]);
    assert_eq!(migrate(&database, &[VISITS, COUNTING, INDEX]).await.unwrap(), [INDEX.0]);
    let ledger = "SELECT GROUP_CONCAT(CONCAT_WS(' ', version, name, state, statements_applied, statements, \
                  LENGTH(checksum), duration_ms IS NOT NULL, started_at > UTC_TIMESTAMP() - INTERVAL 1 HOUR) \
                  ORDER BY version) FROM wasmysql_migrations";
    assert_eq!(
        schema.value::<String>(ledger).await,
        "1 0001_create_visits.sql applied 2 2 64 1 1,2 0002_count_visits.sql applied 2 2 64 1 1,\
         10 0010_add_index.sql applied 1 1 64 1 1"
    );
    let status = database.migration_status(&migrations(&[VISITS, COUNTING, INDEX])).await.unwrap();
    assert!(status.iter().all(|status| status.state == MigrationState::Applied && status.duration.is_some()));
    assert_eq!(database.status().size, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_of_both_apis_use_migrated_tables() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        migrate(&schema.database(), &[VISITS, COUNTING, INDEX]).await.unwrap();
        let statements = ["INSERT INTO visits (path) VALUES ('/'), ('/'), ('/a;b')", "SELECT * FROM visits"];
        let guest = schema.guest(programs::RUNS_EACH_STATEMENT).api(api).args(statements);
        assert_eq!(guest.run().await.success(), "done, 3 rows\ndone, 0 rows\n", "{api:?}");
        let counted = "SELECT GROUP_CONCAT(path, ' ', visits ORDER BY path) FROM pages";
        assert_eq!(schema.value::<String>(counted).await, "/ 2,/a;b 1", "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn state_of_a_session_ends_with_its_file() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let name = schema.name().to_owned();
    let files = [
        (
            "1_change_everything.sql",
            &*format!(
                "CREATE TABLE a (id INT);\nCREATE TEMPORARY TABLE b (id INT);\n\
                 SET SESSION sql_mode = '', time_zone = '+05:00', autocommit = 0, @x = 1;\n\
                 DO GET_LOCK('{name}_own', 0);\nDO RELEASE_ALL_LOCKS();\nDO GET_LOCK('{name}_own', 0);\n\
                 LOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nCOMMIT;\nUSE information_schema;"
            ),
        ),
        (
            "2_find_defaults.sql",
            "CREATE TABLE b (zone VARCHAR(9), autocommit INT, x INT, strict INT);\n\
             INSERT INTO b SELECT @@time_zone, @@autocommit, @x, @@sql_mode LIKE '%STRICT%';\nSELECT * FROM b;",
        ),
    ];
    assert_eq!(migrate(&database, &files).await.unwrap(), ["1_change_everything.sql", "2_find_defaults.sql"]);
    let found = "SELECT CONCAT_WS(' ', zone, autocommit, COALESCE(x, 'none'), strict) FROM b";
    assert_eq!(schema.value::<String>(found).await, "+00:00 1 none 1");
    assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM a").await, 1);
    let free = format!("SELECT IS_FREE_LOCK('{name}_own')");
    until("the lock of the file is free", PATIENCE, async || schema.value::<bool>(&free).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_disagree_with_the_ledger_are_refused() {
    let mut schema = Schema::new().await;
    // Updates that change nothing would count as failures with this option.
    let database = Database::new(schema.options().count_changed_rows(true)).unwrap();
    migrate(&database, &[VISITS, COUNTING]).await.unwrap();
    let changed = (COUNTING.0, "SELECT 1;");
    let renamed = ("0002_other.sql", COUNTING.1);
    let late = ("0000_first.sql", "CREATE TABLE first (id INT);");
    let cases: [(&[_], &[&str], &[MigrationState]); 4] = [
        (
            &[VISITS, changed, INDEX],
            &["0002_count_visits.sql was changed"],
            &[MigrationState::Applied, MigrationState::Changed, MigrationState::Pending],
        ),
        (
            &[VISITS, renamed, INDEX],
            &["0002_other.sql", "with the name 0002_count_visits.sql"],
            &[MigrationState::Applied, MigrationState::Changed, MigrationState::Pending],
        ),
        (
            &[COUNTING, INDEX],
            &["0001_create_visits.sql (version 1)", "missing"],
            &[MigrationState::Missing, MigrationState::Applied, MigrationState::Pending],
        ),
        (
            &[late, VISITS, COUNTING],
            &["0000_first.sql is new", "0002_count_visits.sql"],
            &[MigrationState::OutOfOrder, MigrationState::Applied, MigrationState::Applied],
        ),
    ];
    for (files, words, expected) in cases {
        check_refused(migrate(&database, files).await, words);
        assert_eq!(states(&database, files).await, expected);
    }
    assert!(!table_exists(&mut schema, "first").await);
    assert_eq!(migrate(&database, &[VISITS, COUNTING, INDEX]).await.unwrap(), [INDEX.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn plugins_of_one_schema_have_separate_ledgers() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let of = |plugin: &str, text: &str| migrations(&[("1_a.sql", text)]).plugin(plugin);
    let (first, second) = (of("page-visits", "CREATE TABLE a (id INT)"), of("shop", "CREATE TABLE b (id INT)"));
    for plugin in [&first, &second] {
        assert_eq!(database.migrate(plugin).await.unwrap().len(), 1);
        assert_eq!(database.migrate(plugin).await.unwrap().len(), 0);
    }
    for table in ["a", "b", "wasmysql_migrations_page-visits", "wasmysql_migrations_shop"] {
        assert!(table_exists(&mut schema, table).await, "{table}");
    }
    let invalid = of("a`b", "SELECT 1");
    assert!(matches!(database.migrate(&invalid).await, Err(MigrationError::InvalidOption { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_with_tables_is_adopted_by_marking_files() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    for sql in VISITS.1.split(";\n").filter(|sql| !sql.is_empty()) {
        schema.run(sql).await;
    }
    let files = migrations(&[VISITS, COUNTING, INDEX]);
    let refused = database.resolve_migration(&files, 2, Resolution::Applied).await.unwrap_err().to_string();
    assert!(refused.contains("0001_create_visits.sql is not applied yet"), "{refused}");
    database.resolve_migration(&files, 1, Resolution::Applied).await.unwrap();
    assert_eq!(migrate(&database, &[VISITS, COUNTING, INDEX]).await.unwrap(), [COUNTING.0, INDEX.0]);
    for (version, resolution, words) in [
        (1, Resolution::Applied, "version 1 can't be marked as applied: it is applied"),
        (1, Resolution::Pending, "version 1 can't be marked as pending: it is applied"),
        (3, Resolution::Pending, "it was never run"),
        (3, Resolution::Applied, "its file is missing"),
    ] {
        let refused = database.resolve_migration(&files, version, resolution).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_databases_are_explained() {
    let mut schema = Schema::new().await;
    let url = shared_server().url();
    let without_schema = DatabaseOptions::from_url(url.rsplit_once('/').unwrap().0).unwrap();
    check_refused(migrate(&Database::new(without_schema).unwrap(), &[VISITS]).await, &["no default schema"]);
    let closed = schema.database();
    closed.close();
    check_refused(migrate(&closed, &[VISITS]).await, &["the database was closed"]);
    let unreachable = DatabaseOptions::tcp("127.0.0.1", 1).user("nobody").schema("none");
    check_refused(migrate(&Database::new(unreachable).unwrap(), &[VISITS]).await, &["can't be reached", "check that"]);

    let (name, user) = (schema.name().to_owned(), format!("reads_{}", schema.name()));
    schema.run(&format!("CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'secret'")).await;
    schema.run(&format!("GRANT SELECT ON {name}.* TO '{user}'@'127.0.0.1'")).await;
    let reader = Database::new(schema.options().user(user).password("secret")).unwrap();
    let words = ["the ledger wasmysql_migrations can't be used", "1142", "grant the account CREATE"];
    check_refused(migrate(&reader, &[VISITS]).await, &words);
    assert_eq!(states(&reader, &[VISITS]).await, [MigrationState::Pending]);

    schema.run("CREATE TABLE wasmysql_migrations (version INT, other INT)").await;
    check_refused(migrate(&schema.database(), &[VISITS]).await, &["wasmysql_migrations can't be used", "1054"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn second_run_waits_for_the_first() {
    let mut schema = Schema::new().await;
    let database = schema.database();
    let files = [VISITS, ("0002_wait.sql", "DO SLEEP(3);")];
    let first = tokio::spawn({
        let (database, files) = (database.clone(), migrations(&files));
        async move { database.migrate(&files).await }
    });
    schema.running("SLEEP(3)", 1, PATIENCE).await;
    let impatient = migrations(&files).lock_timeout(Duration::ZERO);
    let refused = database.migrate(&impatient).await.unwrap_err();
    assert!(matches!(refused, MigrationError::LockTimeout { holder: Some(_), .. }), "{refused}");
    assert!(refused.to_string().contains("did not end within 0 s"), "{refused}");
    assert_eq!(migrate(&database, &files).await.unwrap(), [""; 0]);
    assert_eq!(first.await.unwrap().unwrap().len(), 2);
}
