//! Transactions and session state: rows T1, T2, T3, T7 and T12.
//!
//! The refused statements of T3 are tested in `it::statements`. `it::transactions` tests T4 (schema
//! change), T5 (nested transactions) and T9 (isolation level). `it::transactions_random` tests T6
//! (use after the end) and T8 (constraints).

use std::time::Duration;

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_private_server::Flavor;
use wasmysql_tests::{Api, FLAVOR, PATIENCE, Trial, guest, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn t1_dropped_transaction_is_rolled_back() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE ended (how VARCHAR(20))").await;
    let database = trial.database_of(1);
    for how in ["drop", "drop connection"] {
        for api in Api::BOTH {
            trial.guest(&database, programs::TRANSACTION_ENDS).api(api).args([how]).run().await.success();
            until("the connection is released", Duration::from_secs(1), async || database.status().idle == 1).await;
            assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM ended").await, 0, "{api:?}: {how}");
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_children_outlive_their_connection_last_drop_releases_it() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    // The pool has one connection, so the test hangs unless each guest releases it.
    let database = trial.database_of(1);
    for api in Api::BOTH {
        trial.guest(&database, programs::FAULT_DROPS_PARENTS_FIRST).api(api).run().await.success();
        let done: String = trial.schema.value("SELECT GROUP_CONCAT(name ORDER BY name) FROM done").await;
        assert_eq!(done, "committed,prepared", "{api:?}");
        trial.schema.run("DELETE FROM done").await;
    }
    trial.is_over(database).await;
}

/// The names of variables that differ between the servers: the isolation level, read-only
/// transactions, and the time limit of statements.
const VARIABLES: [&str; 3] = match FLAVOR {
    Flavor::MariaDb => ["tx_isolation", "tx_read_only", "max_statement_time"],
    Flavor::MySql => ["transaction_isolation", "transaction_read_only", "max_execution_time"],
};

/// Returns a procedure that changes every kind of session state, with statements that no guest may
/// send.
///
/// USE, LOCK TABLES and HANDLER are missing because a procedure can't execute them.
fn sticks() -> String {
    let [isolation, read_only, time_limit] = VARIABLES;
    // With 0, every query of MySQL opens a transaction, and the host closes the session.
    let autocommit = if FLAVOR == Flavor::MySql { 1 } else { 0 };
    format!(
        "CREATE PROCEDURE sticks() SQL SECURITY INVOKER BEGIN
    SET @trace = 1, NAMES latin1;
    SET SESSION sql_mode = 'ANSI', time_zone = '+05:00', {isolation} = 'READ-UNCOMMITTED';
    SET SESSION foreign_key_checks = 0, unique_checks = 0, group_concat_max_len = 7;
    SET SESSION innodb_lock_wait_timeout = 1, {time_limit} = 100, lc_messages = 'de_DE', insert_id = 7;
    SET SESSION default_storage_engine = 'MEMORY', auto_increment_increment = 5, div_precision_increment = 1;
    SET SESSION wait_timeout = 77, net_write_timeout = 77, timestamp = 1, long_query_time = 7, join_buffer_size = 131072;
    SET ROLE sticky;
    CREATE TEMPORARY TABLE trace (id INT);
    DO GET_LOCK(CONCAT(DATABASE(), '_lock'), 0), LAST_INSERT_ID(7);
    PREPARE trace FROM 'SELECT 1';
    SELECT SQL_CALC_FOUND_ROWS * FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3) AS three LIMIT 1;
    SET SESSION autocommit = {autocommit}, {read_only} = 1;
END"
    )
}

/// Variables whose values differ between sessions or change over time.
const VOLATILE: [&str; 4] = ["PSEUDO_THREAD_ID = ", "TIMESTAMP = ", "RAND_SEED", "STATEMENT_ID = "];

#[tokio::test(flavor = "multi_thread")]
async fn t7_session_state_is_reset_for_the_next_guest() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE ROLE sticky").await;
    trial.schema.run(&format!("GRANT sticky TO '{}'@'127.0.0.1'", trial.server.user())).await;
    trial.schema.run(&sticks()).await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let session = async |calls: &[&str]| {
            let grant = Grant::new(Statements::Any);
            let program = guest(programs::FAULT_PRINTS_ITS_SESSION_STATE).api(api).database("main", &database, grant);
            let printed = program.args(calls.iter().copied()).run().await.success();
            until("the connection is released", Duration::from_secs(1), async || database.status().in_use == 0).await;
            let (number, state) = printed.split_once('\n').unwrap();
            let is_volatile = |line: &str| VOLATILE.iter().any(|name| line.to_uppercase().starts_with(name));
            let lines = state.lines().filter(|line| !is_volatile(line));
            (number.to_owned(), lines.map(str::to_owned).collect::<Vec<_>>())
        };
        let (first, fresh) = session(&[]).await;
        let (second, changed) = session(&["CALL sticks()"]).await;
        let (third, next) = session(&[]).await;
        assert_eq!((&first, &first), (&second, &third), "{api:?}: all three runs use the same session");
        let differing = fresh.iter().zip(&changed).filter(|(before, after)| before != after).count();
        assert!(differing >= 25, "{api:?}: only {differing} of {} lines changed: {changed:#?}", fresh.len());
        for (before, after) in fresh.iter().zip(&next) {
            assert_eq!(before, after, "{api:?}");
        }
        assert_eq!(fresh.len(), next.len(), "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_transaction_left_open_by_a_procedure_is_rolled_back() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("CREATE PROCEDURE begins() BEGIN START TRANSACTION; INSERT INTO t VALUES (1); END").await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let steps = trial.guest(&database, programs::FAULT_RUNS_STEPS).api(api);
        let printed = steps.args(["CALL begins()", "INSERT INTO t VALUES (2)"]).run().await.success();
        let closed = "INSERT INTO t VALUES (2): ResourceClosed Never None\n";
        assert_eq!(printed, format!("CALL begins(): InvalidRequest Never RolledBack\n{closed}"));
    }
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t12_unanswered_xa_prepare_leaves_the_outcome_unknown() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    for api in Api::BOTH {
        let database = Database::new(trial.options_over(&proxy).max_connections(1)).unwrap();
        proxy.withhold("XA PREPARE");
        let grant = Grant::new(Statements::Dml).statement_timeout(Duration::from_secs(1));
        let guest = guest(programs::FAULT_RUNS_STEPS).api(api).database("main", &database, grant);
        let guest = guest.args(["twophase", "INSERT INTO t VALUES (1)", "prepare", "rollback", "DO 1"]);
        let output = guest.run().await.success();
        let end = "prepare: Timeout(Execute) Never Unknown\nrollback: TransactionAborted(Other) Never Unknown\n\
                   DO 1: ResourceClosed Never None\n";
        assert!(output.ends_with(end), "{api:?}: {output}");
        // The command never arrived, which the host can't know. The end of the session rolls back.
        until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
        assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0, "{api:?}");
    }
    let database = trial.database_of(1);
    trial.is_over(database).await;
}
