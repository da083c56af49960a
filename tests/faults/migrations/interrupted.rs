//! Runs that end in the middle of a file: M2, M3, M5, M6, M7. The test of M4 kills the process of
//! the tool.

use std::time::Duration;

use wasmysql_host::{Database, MigrationError, MigrationState};
use wasmysql_tests::{CancelAfter, PATIENCE, Root, Schema, Trial, until};

use super::{FIRST, SLOW, check_interrupted, migrations, slow_run};

#[tokio::test(flavor = "multi_thread")]
async fn m2_dropped_run_kills_its_statement() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let run = slow_run(&mut trial, &database).await;
    run.abort();
    trial.schema.running("SLEEP(60)", 0, Duration::from_secs(3)).await;
    check_interrupted(&mut trial, &database).await;
    trial.is_over(database).await;
}

/// Returns whether a table exists.
async fn exists(schema: &mut Schema, table: &str) -> bool {
    let name = schema.name().to_owned();
    let sql = format!(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{name}' AND table_name = '{table}'"
    );
    schema.value::<u32>(&sql).await > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn m3_run_dropped_at_any_poll_is_recorded_truthfully() {
    let trial = Trial::new().await;
    let files = migrations(&[
        ("1_a.sql", "CREATE TABLE t1 (id INT);\nCREATE TABLE t2 (id INT);"),
        ("2_b.sql", "START TRANSACTION;\nINSERT INTO t2 VALUES (1);\nCOMMIT;\nCREATE TABLE t3 (id INT);"),
    ]);
    let tables: [&[&str]; 2] = [&["t1", "t2"], &["", "", "", "t3"]];
    let (mut polls, mut interrupted) = (1, 0);
    loop {
        let mut schema = Schema::on(&trial.server).await;
        let database = schema.database_of(1);
        let ended = CancelAfter::new(database.migrate(&files), polls).await;
        // The next run waits until the dropped one has ended at the server.
        let next = database.migrate(&files).await;
        let found = database.migration_status(&files).await.unwrap();
        for (status, tables) in found.iter().zip(tables) {
            for (at, table) in tables.iter().enumerate().filter(|(_, table)| !table.is_empty()) {
                let expected = match status.state {
                    MigrationState::Applied => Some(true),
                    MigrationState::Interrupted if at < status.statements_applied => Some(true),
                    // Only the next statement is in doubt.
                    MigrationState::Interrupted if at == status.statements_applied => None,
                    _ => Some(false),
                };
                let exists = exists(&mut schema, table).await;
                assert!(expected.is_none_or(|expected| expected == exists), "after {polls} polls: {table}: {status:?}");
            }
        }
        match next {
            Ok(_) => assert!(found.iter().all(|status| status.state == MigrationState::Applied), "{found:?}"),
            Err(MigrationError::Interrupted { .. }) => interrupted += 1,
            Err(error) => panic!("after {polls} polls: {error}"),
        }
        if let Some(ended) = ended {
            assert_eq!(ended.unwrap().len(), 2);
            break;
        }
        let name = schema.name().to_owned();
        schema.run(&format!("DROP DATABASE {name}")).await;
        database.shutdown(Duration::ZERO).await;
        polls += 1;
    }
    assert!(interrupted > 5, "only {interrupted} of {polls} runs were interrupted in a file");
    let database = trial.database_of(2);
    trial.is_over(database).await;
}

/// Kills the session of the account whose statement satisfies this condition.
async fn kill(trial: &Trial, condition: &str) {
    let mut root = Root::connect(&trial.server.socket()).await;
    let user = trial.server.user();
    let sql = format!("SELECT id FROM information_schema.processlist WHERE user = '{user}' AND {condition}");
    let found: Vec<(u64,)> = root.all(&sql).await;
    let [(id,)] = found[..] else { panic!("{condition}: {found:?}") };
    root.run(&format!("KILL CONNECTION {id}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m5_killed_worker_leaves_its_statement_in_doubt() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let run = slow_run(&mut trial, &database).await;
    kill(&trial, "info LIKE '%SLEEP(60)%'").await;
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::InDoubt { line: 2, statements_applied: 1, .. }), "{error}");
    check_interrupted(&mut trial, &database).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m5_run_without_its_control_session_stops() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let files = migrations(&[FIRST, ("2_b.sql", "CREATE TABLE b (id INT);\nDO SLEEP(3);\nCREATE TABLE c (id INT);")]);
    let run = tokio::spawn({
        let (database, files) = (database.clone(), files.clone());
        async move { database.migrate(&files).await }
    });
    trial.schema.running("SLEEP(3)", 1, PATIENCE).await;
    kill(&trial, "command = 'Sleep'").await;
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::Unrecorded { statements_applied: 2, statements: 3, .. }), "{error}");
    assert!(error.to_string().contains("2 of 3 statements are applied, but the ledger can't be updated"), "{error}");
    assert_eq!(super::tables(&mut trial).await, "a,b", "a statement was sent without the lock");
    // Another run never takes the file for pending or applied.
    let error = database.migrate(&files).await.unwrap_err();
    assert!(matches!(error, MigrationError::Interrupted { version: 2, statements_applied: 1, .. }), "{error}");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m6_statement_of_lost_connections_is_killed() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = Database::new(trial.options_over(&proxy).max_connections(2).guest_share(100)).unwrap();
    let run = slow_run(&mut trial, &database).await;
    proxy.reset();
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::InDoubt { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("the next run reports the file as interrupted"), "{error}");
    trial.schema.running("SLEEP(60)", 0, PATIENCE).await;
    check_interrupted(&mut trial, &database).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m7_killed_server_interrupts_the_run() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let run = slow_run(&mut trial, &database).await;
    trial.server.kill();
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::InDoubt { line: 2, .. }), "{error}");
    let error = database.migrate(&migrations(&[FIRST, SLOW])).await.unwrap_err();
    assert!(matches!(error, MigrationError::Connect { .. }), "{error}");
    trial.restarted().await;
    check_interrupted(&mut trial, &database).await;
    until("the pool is whole", PATIENCE, async || database.status().in_use == 0).await;
    trial.is_over(database).await;
}
