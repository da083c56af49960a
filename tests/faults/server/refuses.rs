//! The server refuses a connection or a statement: S10, S11, S14, S19, S21 to S23.

use mysql_async::{Conn, OptsBuilder};
use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Root, Trial, series, until};

use super::{check, steps};

#[tokio::test(flavor = "multi_thread")]
async fn s10_full_server_is_reported_and_frees_the_slot() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(2);
    trial.schema.run("SET GLOBAL max_connections = 10").await;
    let mut held = Vec::new();
    for _ in 0..9 {
        held.push(Root::connect(&trial.server.socket()).await);
    }
    let output = steps(&database, ["DO 1"]).run().await.success();
    let full = ["Server(1040 08004 Resources)", "Server(1040 HY000 Resources)"];
    assert!(full.iter().any(|full| output == format!("connecting: {full} Later None\n")), "{output}");
    assert_eq!((database.status().size, database.status().in_use), (0, 0));
    held.clear();
    until("the server accepts connections again", PATIENCE, async || {
        steps(&database, ["DO 1"]).run().await.success() == "DO 1: ok\n"
    })
    .await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_account_connection_limit_is_reported() {
    let mut trial = Trial::new().await;
    let user = trial.server.user().to_owned();
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 WITH MAX_USER_CONNECTIONS 1")).await;
    // The held connection is not from the host's pool: MariaDB does not count sessions that were
    // reset.
    let options = OptsBuilder::default().prefer_socket(false).tcp_port(trial.server.port()).user(Some(&user));
    let held = Conn::new(options.pass(Some(trial.server.password()))).await.unwrap();
    let database = trial.database_of(1);
    let output = steps(&database, ["DO 1"]).run().await.success();
    assert_eq!(output, "connecting: Server(1226 42000 Resources) Later None\n");
    held.disconnect().await.unwrap();
    trial.schema.run(&format!("ALTER USER {user}@127.0.0.1 WITH MAX_USER_CONNECTIONS 0")).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_deadlock_victim_is_rolled_back_other_guest_commits() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").await;
    trial.schema.run("INSERT INTO t VALUES (1, 0), (2, 0)").await;
    let database = trial.database_of(4);
    let mut gate = trial.schema.gate().await;
    let wait = format!("gate {}", gate.name());
    let update = |id: u32| format!("UPDATE t SET n = n + 1 WHERE id = {id}");
    let start = |first: u32, second: u32| {
        let updates = [update(first), update(second)];
        steps(&database, ["begin", &updates[0], &wait, &updates[1], "DO 1", "commit"]).start()
    };
    let guests = [start(1, 2), start(2, 1)];
    gate.awaited_by(2).await;
    gate.open().await;
    let mut output = Vec::new();
    for guest in guests {
        output.push(guest.ended().await.success().lines().skip(3).map(result_of_step).collect::<Vec<_>>());
    }
    output.sort();
    let aborted = "TransactionAborted(Deadlock) NewTransaction RolledBack";
    assert_eq!(
        output,
        [vec!["Server(1213 40001 Deadlock) NewTransaction RolledBack", aborted, aborted], vec!["ok", "ok", "ok"],]
    );
    assert_eq!(trial.schema.value::<u32>("SELECT SUM(n) FROM t").await, 2);
    trial.is_over(database).await;
}

/// Returns the result of a step without the step's text.
fn result_of_step(line: &str) -> String {
    line.rsplit_once(": ").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_read_only_server_refuses_writes() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("SET GLOBAL read_only = 1").await;
    let refused = "Server(1290 HY000 ReadOnly) Never";
    let (alone, within) = (format!("{refused} None"), format!("{refused} Open"));
    let insert = "INSERT INTO t VALUES (1)";
    let cases =
        [(insert, alone.as_str()), ("begin", "ok"), (insert, &within), ("SELECT * FROM t", "ok"), ("commit", "ok")];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.schema.run("SET GLOBAL read_only = 0").await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_statement_limit_leaves_the_connection_usable() {
    let mut trial = Trial::new().await;
    // The administrator's connection uses up the limit.
    trial.schema.run("PREPARE only FROM 'SELECT 1'").await;
    trial.schema.run("SET GLOBAL max_prepared_stmt_count = 1").await;
    let cases = [
        ("SELECT 1", "Server(1461 42000 Resources) Later None"),
        ("begin", "ok"),
        ("SELECT 2", "Server(1461 42000 Resources) Later Open"),
        ("commit", "ok"),
    ];
    let database = check(&trial, Grant::default(), &cases).await;
    trial.schema.run("SET GLOBAL max_prepared_stmt_count = 16382").await;
    trial.schema.run("DEALLOCATE PREPARE only").await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_cached_statements_are_closed_for_new_ones() {
    let mut trial = Trial::new().await;
    trial.schema.run("SET GLOBAL max_prepared_stmt_count = 20").await;
    let database = trial.database_of(3);
    for api in Api::BOTH {
        for connections in ["1", "3"] {
            let guest = trial.guest(&database, crate::programs::FAULT_PREPARES_ROUND_ROBIN).api(api);
            assert_eq!(guest.args([connections]).run().await.success(), "held\n", "{api:?}");
            until("the connections are released", PATIENCE, async || database.status().in_use == 0).await;
        }
    }
    trial.schema.run("SET GLOBAL max_prepared_stmt_count = 16382").await;
    trial.is_over(database).await;
}

/// Uses a MEMORY table with a small size limit: it fills up sooner than a disk, and the server
/// reports the same error.
#[tokio::test(flavor = "multi_thread")]
async fn s22_full_table_leaves_the_transaction_open() {
    let trial = Trial::with(&["--max-heap-table-size=16384"]).await;
    let fill: &str = &format!("INSERT INTO t SELECT REPEAT('x', 200) FROM {} AS series", series(1000));
    let cases = [
        ("DROP TABLE IF EXISTS t", "ok"),
        ("CREATE TABLE t (s CHAR(200)) ENGINE = MEMORY", "ok"),
        (fill, "Server(1114 HY000 Resources) Later None"),
        ("begin", "ok"),
        (fill, "Server(1114 HY000 Resources) Later Open"),
        ("DO 1", "ok"),
        ("commit", "ok"),
    ];
    let database = check(&trial, Grant::new(Statements::Ddl), &cases).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s23_altered_table_returns_its_new_columns() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE t (id INT)").await;
    trial.schema.run("INSERT INTO t VALUES (1)").await;
    let database: Database = trial.database_of(2);
    let mut gate = trial.schema.gate().await;
    let reader = trial.guest(&database, crate::programs::FAULT_READS_A_TABLE_THAT_CHANGES).args([gate.name()]).start();
    gate.awaited_by(1).await;
    trial.schema.run("ALTER TABLE t ADD name VARCHAR(10) NOT NULL DEFAULT 'new' FIRST").await;
    gate.open().await;
    assert_eq!(reader.ended().await.success(), "id=1\nname=new id=1\nname=new id=1\n");
    trial.is_over(database).await;
}
