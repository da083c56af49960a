//! Transactions, and the state of sessions: rows T1 to T9.
//!
//! T3 (statements that are the host's) is in `it::statements`; T4 (a schema change), T5 (transactions within transactions) and T9 (isolation)
//! are in `it::transactions`; T6 (what has ended) and T8 (a constraint) are calls of `it::transactions_random`.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Trial, guest, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn t1_a_transaction_that_is_dropped_is_rolled_back() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE ended (how VARCHAR(20))").await;
    let database = trial.database_of(1);
    for how in ["drop", "drop connection"] {
        for api in Api::BOTH {
            trial.guest(&database, programs::TRANSACTION_ENDS).api(api).args([how]).run().await.success();
            until("it is given back", Duration::from_secs(1), async || database.status().idle == 1).await;
            assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM ended").await, 0, "{api:?}: {how}");
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_what_came_of_a_connection_outlives_it_and_the_last_gives_the_session_back() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE done (name VARCHAR(20))").await;
    // One is enough only if each is given back.
    let database = trial.database_of(1);
    for api in Api::BOTH {
        trial.guest(&database, programs::FAULT_DROPS_PARENTS_FIRST).api(api).run().await.success();
        let done: String = trial.schema.value("SELECT GROUP_CONCAT(name ORDER BY name) FROM done").await;
        assert_eq!(done, "committed,prepared", "{api:?}");
        trial.schema.run("DELETE FROM done").await;
    }
    trial.is_over(database).await;
}

/// A procedure does what no guest may send: all that sticks to a session, but for what a procedure can't do either (USE, LOCK TABLES,
/// HANDLER).
const STICKS: &str = "CREATE PROCEDURE sticks() BEGIN
    SET @trace = 1, NAMES latin1;
    SET SESSION sql_mode = 'ANSI', time_zone = '+05:00', tx_isolation = 'READ-UNCOMMITTED';
    SET SESSION foreign_key_checks = 0, unique_checks = 0, group_concat_max_len = 7;
    SET SESSION innodb_lock_wait_timeout = 1, max_statement_time = 100, lc_messages = 'de_DE', insert_id = 7;
    SET SESSION default_storage_engine = 'MEMORY', auto_increment_increment = 5, div_precision_increment = 1;
    SET SESSION wait_timeout = 77, net_write_timeout = 77, timestamp = 1, long_query_time = 7, join_buffer_size = 131072;
    SET ROLE sticky;
    CREATE TEMPORARY TABLE trace (id INT);
    DO GET_LOCK(CONCAT(DATABASE(), '_lock'), 0), LAST_INSERT_ID(7);
    PREPARE trace FROM 'SELECT 1';
    SELECT SQL_CALC_FOUND_ROWS seq FROM seq_1_to_9 LIMIT 1;
    SET SESSION autocommit = 0, tx_read_only = 1;
END";

/// Of which each session has its own, or each moment.
const OWN: [&str; 3] = ["PSEUDO_THREAD_ID = ", "TIMESTAMP = ", "RAND_SEED"];

#[tokio::test(flavor = "multi_thread")]
async fn t7_whatever_sticks_to_a_session_is_gone_for_its_next_borrower() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE ROLE sticky").await;
    trial.schema.run(&format!("GRANT sticky TO '{}'@'127.0.0.1'", trial.server.user())).await;
    trial.schema.run(STICKS).await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let session = async |calls: &[&str]| {
            let grant = Grant::new(Statements::Any);
            let teller = guest(programs::FAULT_TELLS_ITS_SESSION).api(api).database("main", &database, grant);
            let told = teller.args(calls.iter().copied()).run().await.success();
            until("it is given back", Duration::from_secs(1), async || database.status().in_use == 0).await;
            let (number, state) = told.split_once('\n').unwrap();
            let lines = state.lines().filter(|line| !OWN.iter().any(|own| line.starts_with(own)));
            (number.to_owned(), lines.map(str::to_owned).collect::<Vec<_>>())
        };
        let (first, fresh) = session(&[]).await;
        let (second, changed) = session(&["CALL sticks()"]).await;
        let (third, next) = session(&[]).await;
        assert_eq!((&first, &first), (&second, &third), "{api:?}: it is the same session");
        let differing = fresh.iter().zip(&changed).filter(|(before, after)| before != after).count();
        assert!(differing >= 25, "{api:?}: only {differing} of {} lines have changed: {changed:#?}", fresh.len());
        for (before, after) in fresh.iter().zip(&next) {
            assert_eq!(before, after, "{api:?}");
        }
        assert_eq!(fresh.len(), next.len(), "{api:?}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t3_a_transaction_that_a_procedure_leaves_open_is_told_and_rolled_back() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("CREATE PROCEDURE begins() BEGIN START TRANSACTION; INSERT INTO t VALUES (1); END").await;
    let database = trial.database_of(1);
    for api in Api::BOTH {
        let steps = trial.guest(&database, programs::FAULT_TAKES_STEPS).api(api);
        let told = steps.args(["CALL begins()", "INSERT INTO t VALUES (2)"]).run().await.success();
        let closed = "INSERT INTO t VALUES (2): ResourceClosed Never None\n";
        assert_eq!(told, format!("CALL begins(): InvalidRequest Never RolledBack\n{closed}"));
    }
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0);
    trial.is_over(database).await;
}
