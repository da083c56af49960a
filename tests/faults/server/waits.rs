//! The server blocks a statement, works on it for a long time, or delays KILL: S15, S16, S20, S24,
//! S25, S26.

use std::time::{Duration, Instant};

use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, Logs, PATIENCE, Root, Trial, guest, series, until};

use super::{ENDLESS, check, check_on, steps_within};

#[tokio::test(flavor = "multi_thread")]
async fn s15_lock_wait_timeout_leaves_the_transaction_open() {
    let mut trial = Trial::with(&["--innodb-lock-wait-timeout=1"]).await;
    trial.schema.run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").await;
    trial.schema.run("INSERT INTO t VALUES (1, 0)").await;
    trial.schema.run("BEGIN").await;
    trial.schema.run("UPDATE t SET n = 1 WHERE id = 1").await;
    let refused = "Server(1205 HY000 LockTimeout) Later Open";
    let cases = [
        ("begin", "ok"),
        ("INSERT INTO t VALUES (2, 0) ON DUPLICATE KEY UPDATE n = n + 1", "ok"),
        ("SELECT * FROM t WHERE id = 1 FOR UPDATE", refused),
        ("commit", "ok"),
    ];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.schema.run("COMMIT").await;
    assert_eq!(trial.schema.value::<u32>("SELECT n FROM t WHERE id = 2").await, 1, "committed in both APIs");
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_rollback_on_lock_timeout_aborts_the_transaction() {
    let mut trial = Trial::with(&["--innodb-rollback-on-timeout", "--innodb-lock-wait-timeout=1"]).await;
    trial.schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
    trial.schema.run("INSERT INTO t VALUES (1)").await;
    trial.schema.run("CREATE TABLE u (id INT PRIMARY KEY)").await;
    trial.schema.run("BEGIN").await;
    trial.schema.run("SELECT * FROM t FOR UPDATE").await;
    let aborted = "TransactionAborted(Timeout) Never RolledBack";
    let cases = [
        ("begin", "ok"),
        ("INSERT INTO u VALUES (2)", "ok"),
        ("SELECT * FROM t WHERE id = 1 FOR UPDATE", "Server(1205 HY000 LockTimeout) Later RolledBack"),
        ("DO 1", aborted),
        ("commit", aborted),
    ];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.schema.run("COMMIT").await;
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM u").await, 0);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_shorter_lock_wait_of_the_server_applies() {
    let mut trial = Trial::with(&["--innodb-lock-wait-timeout=1"]).await;
    trial.schema.run("CREATE TABLE t (id INT PRIMARY KEY)").await;
    trial.schema.run("INSERT INTO t VALUES (1)").await;
    trial.schema.run("BEGIN").await;
    trial.schema.run("SELECT * FROM t FOR UPDATE").await;
    let start = Instant::now();
    let cases = [("DELETE FROM t", "Server(1205 HY000 LockTimeout) Later None")];
    let database = check(&trial, Grant::default(), &cases).await;
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "two lock waits took {took:?}");
    trial.schema.run("COMMIT").await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_statement_is_killed_at_its_deadline() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(1);
    let limit = Duration::from_millis(500);
    for api in Api::BOTH {
        let guest = steps_within(&database, Grant::default().statement_timeout(limit), [ENDLESS]).api(api).start();
        trial.schema.running("a.seq", 1, PATIENCE).await;
        let start = Instant::now();
        assert_eq!(guest.ended().await.success(), format!("{ENDLESS}: Timeout(Execute) Never None\n"));
        // The statement started a little before the process list showed it.
        assert!(start.elapsed() < limit + Duration::from_millis(200), "{:?}", start.elapsed());
        trial.schema.running("a.seq", 0, Duration::from_secs(1)).await;
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_server_deadline_leaves_the_transaction_open() {
    let mut trial = Trial::new().await;
    let (variable, limit) =
        if cfg!(feature = "mysql") { ("max_execution_time", "200") } else { ("max_statement_time", "0.2") };
    trial.schema.run(&format!("SET GLOBAL {variable} = {limit}")).await;
    let cases = [
        (ENDLESS, "Timeout(Execute) Never None"),
        ("begin", "ok"),
        (ENDLESS, "Timeout(Execute) Never Open"),
        // MySQL ends SLEEP early and returns its result.
        ("SELECT SLEEP(10)", "Timeout(Execute) Never Open"),
        ("SELECT SLEEP(0.01)", "ok"),
        ("DO 1", "ok"),
        ("commit", "ok"),
    ];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.schema.run(&format!("SET GLOBAL {variable} = 0")).await;
    trial.is_over(database).await;
}

/// Counts the running SLEEP statements of procedures and functions.
const SLEEPS: &str = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'";

/// Returns a trial with procedures and a function of the administrator, which the guests' account
/// can't kill.
async fn trial_with_code_of_another_account() -> Trial {
    let mut trial = Trial::new().await;
    for sql in [
        "CREATE TABLE t (n INT)",
        "CREATE PROCEDURE sleeps() BEGIN DECLARE slept INT; SET slept = SLEEP(1); INSERT INTO t VALUES (1); END",
        // At the statement limit MariaDB ends only the first SLEEP early, and the procedure
        // continues.
        "CREATE PROCEDURE goes_on() BEGIN DO SLEEP(1); DO SLEEP(1); DO SLEEP(1); INSERT INTO t VALUES (2); END",
        "CREATE FUNCTION f() RETURNS INT BEGIN DO SLEEP(1); INSERT INTO t VALUES (3); RETURN 1; END",
    ] {
        trial.schema.run(sql).await;
    }
    trial
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: its time limit also stops a CALL")]
async fn s24_procedure_of_another_account_is_stopped_by_the_server() {
    let mut trial = trial_with_code_of_another_account().await;
    let grant = Grant::default().statement_timeout(Duration::from_millis(200));
    let stopped = "Timeout(Execute) Never";
    let (alone, within) = (format!("{stopped} None"), format!("{stopped} Open"));
    let cases = [
        ("CALL sleeps()", alone.as_str()),
        // The next statement has the full time limit again.
        ("DO SLEEP(0.1)", "ok"),
        ("begin", "ok"),
        ("/* also here */ call sleeps()", &within),
        ("commit", "ok"),
    ];
    let database = check(&trial, grant, &cases).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 0);
    // With a sufficient limit the procedure runs to its end.
    let database = check_on(database, Grant::default(), &[("CALL sleeps()", "ok"), ("SELECT * FROM t", "ok")]).await;
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM t").await, 2);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_unkillable_code_keeps_its_slot_until_it_ends() {
    let mut trial = trial_with_code_of_another_account().await;
    let database = trial.database_of(1);
    let limit = Duration::from_millis(200);
    for (sql, follows) in [
        ("CALL goes_on()", "the code that it calls may still run, and its changes may be kept"),
        ("SELECT f()", "functions that it calls may still run, and their changes may be kept"),
        ("INSERT INTO t SELECT f()", "the statement may still run, and its changes may be kept"),
    ] {
        for api in Api::BOTH {
            let guest = steps_within(&database, Grant::default().statement_timeout(limit), [sql]).api(api);
            let outcome = guest.run().await;
            let errors = outcome.stderr.clone();
            assert!(errors.contains("the statement did not finish within 200 ms"), "{api:?}: {sql}: {errors}");
            assert!(errors.contains(follows), "{api:?}: {sql}: {errors}");
            assert_eq!(outcome.success(), format!("{sql}: Timeout(Execute) Never None\n"));
            assert_eq!(trial.schema.value::<u32>(SLEEPS).await, 1, "{api:?}: {sql}");
            assert_eq!(database.status().in_use, 1, "{api:?}: {sql}");
            until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
            assert_eq!(trial.schema.value::<u32>(SLEEPS).await, 0, "{api:?}: {sql}");
        }
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: MySQL interrupts regular expressions")]
async fn s24_uninterruptible_function_keeps_its_slot_until_it_ends() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE PROCEDURE does_nothing(n INT) DO n").await;
    let database = trial.database_of(1);
    let grant = || Grant::default().statement_timeout(Duration::from_millis(200));
    // It computes for seconds. Neither KILL nor the statement limit of the server interrupts it.
    let statements =
        ["CALL does_nothing(REPEAT('a', 100000) REGEXP 'a*[bc]')", "SELECT REPEAT('a', 100000) REGEXP 'a*[bc]'"];
    let running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%REGEXP%' AND user <> 'root'";
    for (api, sql) in Api::BOTH.into_iter().zip(statements) {
        let guest = steps_within(&database, grant(), [sql]).api(api);
        assert_eq!(guest.run().await.success(), format!("{sql}: Timeout(Execute) Never None\n"));
        assert_eq!(trial.schema.value::<u32>(running).await, 1, "{sql}");
        assert_eq!(database.status().in_use, 1, "{sql}");
        until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
        assert_eq!(trial.schema.value::<u32>(running).await, 0, "{sql}");
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s26_unanswered_kill_delays_only_its_own_session() {
    let logs = Logs::listen();
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = Database::new(trial.options_over(&proxy).max_connections(3).guest_share(100)).unwrap();
    let gate = trial.schema.gate().await;
    proxy.withhold("KILL ");
    let grant = || Grant::default().statement_timeout(Duration::from_secs(1));
    let sql = "DO GET_LOCK(CONCAT(DATABASE(), '_gate'), 1000000)";
    let guests: Vec<_> =
        (0..3).map(|number| steps_within(&database, grant(), [sql]).api(Api::BOTH[number % 2]).start()).collect();
    trial.schema.running("GET_LOCK", 3, PATIENCE).await;
    for guest in guests {
        assert_eq!(guest.ended().await.success(), format!("{sql}: Timeout(Execute) Never None\n"));
    }
    until("two slots are free", Duration::from_secs(1), async || database.status().in_use == 1).await;
    let running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO GET_LOCK%'";
    assert_eq!(trial.schema.value::<u32>(running).await, 1);
    // The third slot stays occupied for longer than `kill_timeout`.
    let took = until("the third slot is free", PATIENCE, async || database.status().in_use == 0).await;
    assert_eq!(trial.schema.value::<u32>(running).await, 0);
    assert!(took > Duration::from_secs(1), "{took:?}");
    assert_eq!(logs.lines(&["could not be killed"]), [] as [String; 0]);
    gate.open().await;
    trial.is_over(database).await;
}

/// If sessions are killed while they sleep, MariaDB holds back some of the KILLs for two seconds.
#[tokio::test(flavor = "multi_thread")]
async fn s26_slow_kills_of_sleeping_sessions_free_no_slot_early() {
    const SLOTS: usize = 8;
    let logs = Logs::listen();
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE log (n INT)").await;
    let database = trial.database_of(SLOTS);
    let end = Instant::now() + Duration::from_secs(4);
    let loops: Vec<_> = (0..25)
        .map(|number| {
            let (database, api) = (database.clone(), Api::BOTH[number % 2]);
            let ms = Duration::from_millis;
            let grant = Grant::new(Statements::Dml).statement_timeout(ms(10)).acquire_timeout(ms(1000));
            let insert = format!("INSERT INTO log SELECT SLEEP(20) FROM {} AS series", series(100));
            tokio::spawn(async move {
                while Instant::now() < end {
                    steps_within(&database, grant.clone(), [insert.as_str()]).api(api).run().await.success();
                }
            })
        })
        .collect();
    let mut root = Root::connect(&trial.server.socket()).await;
    let running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO log%'";
    let mut most = 0;
    while loops.iter().any(|running| !running.is_finished()) {
        most = most.max(root.value::<usize>(running).await);
    }
    for ended in loops {
        ended.await.unwrap();
    }
    assert!((1..=SLOTS).contains(&most), "{most} statements at once");
    database.shutdown(PATIENCE).await;
    assert_eq!(root.value::<usize>(running).await, 0);
    assert_eq!(logs.lines(&["could not be killed"]), [] as [String; 0]);
    drop(root);
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s25_result_may_be_read_past_the_statement_timeout() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    let grant = || Grant::default().statement_timeout(Duration::from_millis(500));
    // The rows are large enough that the server sends them steadily and does not buffer all of
    // them.
    let sql = &format!("SELECT seq, REPEAT('x', 1000), SLEEP(0.0005) FROM {} AS series", series(5000));
    for api in Api::BOTH {
        let guest = guest(crate::programs::FAULT_READS_ROW_BY_ROW).api(api).database("main", &database, grant());
        let start = Instant::now();
        assert_eq!(guest.args([sql]).run().await.success(), "5000 rows\n", "{api:?}");
        assert!(start.elapsed() > Duration::from_secs(2), "{:?}", start.elapsed());
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_writers_behind_a_global_lock_time_out() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("FLUSH TABLES WITH READ LOCK").await;
    let database = trial.database_of(2);
    let grant = || {
        let ms = Duration::from_millis;
        Grant::new(Statements::Dml).statement_timeout(ms(500)).acquire_timeout(ms(200)).max_waiters(3)
    };
    let insert = "INSERT INTO t VALUES (1)";
    let writers: Vec<_> = (0..2).map(|_| steps_within(&database, grant(), [insert]).start()).collect();
    trial.schema.running("INSERT INTO t", 2, PATIENCE).await;
    let waiters: Vec<_> = (0..3).map(|_| steps_within(&database, grant(), [insert]).start()).collect();
    until("the waiters are queued", PATIENCE, async || database.status().waiting == 3).await;
    let surplus = steps_within(&database, grant(), [insert]).run().await.success();
    assert_eq!(surplus, "connecting: LimitExceeded(Waiters) Later None\n");
    for waiter in waiters {
        let output = waiter.ended().await.success();
        assert_eq!(output, "connecting: Timeout(Acquire) Later None\n");
    }
    for writer in writers {
        assert_eq!(writer.ended().await.success(), format!("{insert}: Timeout(Execute) Never None\n"));
    }
    trial.schema.running("INSERT INTO t", 0, Duration::from_secs(1)).await;
    trial.schema.run("UNLOCK TABLES").await;
    trial.is_over(database).await;
}
