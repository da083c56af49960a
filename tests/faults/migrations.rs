//! Faults of migrations: rows M1 to M9.

mod interrupted;

use std::time::Duration;

use futures::future::join_all;
use wasmysql_host::{AppliedMigration, Database, MigrationError, MigrationState, Migrations};
use wasmysql_tests::{PATIENCE, Standby, Trial, until};

/// A file with a statement between two others that runs until it is killed.
const SLOW: (&str, &str) =
    ("2_slow.sql", "CREATE TABLE b (id INT);\nCREATE TABLE c AS SELECT SLEEP(60) AS n;\nCREATE TABLE d (id INT);");
const FIRST: (&str, &str) = ("1_first.sql", "CREATE TABLE a (id INT);");

fn migrations(files: &[(&str, &str)]) -> Migrations {
    Migrations::from_files(files.iter().copied()).unwrap()
}

/// The task of a run.
type Run = tokio::task::JoinHandle<Result<Vec<AppliedMigration>, MigrationError>>;

/// Starts a run, and waits until its slow statement runs.
async fn slow_run(trial: &mut Trial, database: &Database) -> Run {
    let (database, files) = (database.clone(), migrations(&[FIRST, SLOW]));
    let run = tokio::spawn(async move { database.migrate(&files).await });
    trial.schema.running("SLEEP(60)", 1, PATIENCE).await;
    run
}

/// Checks that the next run finds the second statement of the slow file in doubt, and that no later
/// statement was run.
async fn check_interrupted(trial: &mut Trial, database: &Database) {
    let files = migrations(&[FIRST, SLOW]);
    let error = database.migrate(&files).await.unwrap_err();
    assert!(
        matches!(&error, MigrationError::Interrupted { version: 2, statements_applied: 1, line: Some(2), .. }),
        "{error}"
    );
    let states = database.migration_status(&files).await.unwrap();
    assert_eq!(states[0].state, MigrationState::Applied);
    assert_eq!((states[1].state, states[1].statements_applied), (MigrationState::Interrupted, 1));
    // The statement is really in doubt: MySQL can complete it although it was killed.
    let found = tables(trial).await;
    assert!(["a,b", "a,b,c"].contains(&&*found), "{found}");
}

/// Returns the names of all tables except for the ledger.
async fn tables(trial: &mut Trial) -> String {
    let name = trial.schema.name().to_owned();
    let sql = format!(
        "SELECT COALESCE(GROUP_CONCAT(table_name ORDER BY table_name), '') FROM information_schema.tables \
         WHERE table_schema = '{name}' AND table_name <> 'wasmysql_migrations'"
    );
    trial.schema.value(&sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_concurrent_runs_apply_each_file_once() {
    let mut trial = Trial::new().await;
    let files = [
        FIRST,
        ("2_rows.sql", "INSERT INTO a VALUES (1);\nDO SLEEP(0.2);\nINSERT INTO a VALUES (2);"),
        ("3_more.sql", "INSERT INTO a VALUES (3);"),
    ];
    // Each run is that of another process.
    let databases: Vec<Database> = (0..6).map(|_| trial.database_of(1)).collect();
    let runs = databases.iter().map(|database| async { database.migrate(&migrations(&files)).await.unwrap().len() });
    let applied = join_all(runs).await;
    assert_eq!(applied.iter().sum::<usize>(), files.len(), "{applied:?}");
    assert_eq!(applied.iter().filter(|files| **files > 0).count(), 1, "{applied:?}");
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM a").await, 3);
    drop(databases);
    let database = trial.database_of(2);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m8_waiting_run_times_out_and_leaves_nothing() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let run = slow_run(&mut trial, &database).await;
    let waiting = migrations(&[FIRST, SLOW]).lock_timeout(Duration::from_millis(1500));
    let error = database.migrate(&waiting).await.unwrap_err();
    assert!(matches!(error, MigrationError::LockTimeout { holder: Some(_), .. }), "{error}");
    // A dropped run that waits for the lock ends its session.
    let waits = tokio::spawn({
        let database = database.clone();
        async move { database.migrate(&migrations(&[FIRST])).await }
    });
    trial.schema.running("GET_LOCK", 1, PATIENCE).await;
    waits.abort();
    trial.schema.running("GET_LOCK", 0, PATIENCE).await;
    run.abort();
    trial.schema.running("SLEEP(60)", 0, PATIENCE).await;
    check_interrupted(&mut trial, &database).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m9_run_uses_the_server_that_accepts_changes() {
    let mut trial = Trial::new().await;
    let mut standby = Standby::of(&trial).await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let options = trial.options().server("127.0.0.1", standby.server.port()).max_connections(2).guest_share(100);
    let database = Database::new(options).unwrap();
    let files = migrations(&[FIRST, ("2_rows.sql", "INSERT INTO a VALUES (1);")]);
    assert_eq!(database.migrate(&files).await.unwrap().len(), 2);
    assert_eq!(standby.rows_of("a").await, 1);
    assert_eq!(standby.rows_of("wasmysql_migrations").await, 2);
    assert_eq!(tables(&mut trial).await, "");
    trial.schema.run("SET GLOBAL read_only = 0").await;
    until("the run's sessions have ended", PATIENCE, async || standby.sessions().await == 0).await;
    database.shutdown(Duration::ZERO).await;
    let database = trial.database_of(2);
    trial.is_over(database).await;
}
