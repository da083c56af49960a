//! Errors that need an account of their own, a lock, a KILL by the administrator, or a generated
//! statement.

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, Guest, PATIENCE, Schema, guest, shared_server, start_server, until};

use super::{After, Case, Failure, check, check_refused, expect, open_connection};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[LOCKED_OF_MARIADB, LOCKED_OF_MYSQL, KILLED, HUNG_UP, MADE];

const LOCK: &str = "SELECT * FROM locked FOR UPDATE NOWAIT";
const LOCKED_OF_MARIADB: &[Case] = &[(LOCK, Failure(1205, "HY000", "LockTimeout", "Later"))];
const LOCKED_OF_MYSQL: &[Case] = &[(LOCK, Failure(3572, "HY000", "LockTimeout", "Later"))];
const LOCKED: &[Case] = if cfg!(feature = "mysql") { LOCKED_OF_MYSQL } else { LOCKED_OF_MARIADB };
/// SLEEP is not suitable: it may return normally when it is interrupted. For an inner join, MySQL
/// would write the pairs of rows to the disk.
const ENDLESS: &str = "WITH RECURSIVE n (seq) AS \
    (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000) \
    SELECT COUNT(*) FROM n AS a LEFT JOIN n AS b ON a.seq <> b.seq LEFT JOIN n AS c ON b.seq <> c.seq \
    LEFT JOIN n AS d ON c.seq <> d.seq";
const KILLED: &[Case] = &[(ENDLESS, Failure(1317, "70100", "Interrupted", "Later"))];

/// Codes with which a server ends a connection. A real server closes the connection before the
/// code can be read, or cannot be made to send it.
const HUNG_UP: &[Case] = &[
    ("SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1053", Failure(1053, "08S01", "Interrupted", "Later")),
    ("SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1927", Failure(1927, "70100", "Interrupted", "Later")),
    ("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 4031", Failure(4031, "HY000", "Interrupted", "Later")),
];

/// Errors whose tests generate the statement, if they need one.
const MADE: &[Case] =
    &[("", NO_SCHEMA), ("", TOO_MANY_CONNECTIONS), ("KILL", KILL_DENIED), ("SELECT ?, ?", TOO_MANY_PARAMETERS)];
const NO_SCHEMA: Failure = Failure(1046, "3D000", "Syntax", "Never");
const TOO_MANY_CONNECTIONS: Failure = Failure(1226, "42000", "Resources", "Later");
const KILL_DENIED: Failure = Failure(1095, "HY000", "Access", "Never");
const TOO_MANY_PARAMETERS: Failure = Failure(1390, "HY000", "Syntax", "Never");

fn program(options: DatabaseOptions) -> Guest {
    let database = Database::new(options).unwrap();
    guest(programs::SERVER_ERRORS_OF_STATEMENTS).database("main", &database, Grant::new(Statements::Any))
}

#[tokio::test(flavor = "multi_thread")]
async fn lock_timeout_keeps_the_transaction_open() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE locked (id INT PRIMARY KEY)").await;
    schema.run("INSERT INTO locked VALUES (1)").await;
    schema.run("BEGIN").await;
    schema.run("SELECT * FROM locked FOR UPDATE").await;
    check(async || program(schema.options()), LOCKED, After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_limit_of_the_server_keeps_the_transaction_open() {
    // MySQL limits all accounts, MariaDB also a single account.
    let (of_all, of_the_account) = match cfg!(feature = "mysql") {
        true => (&["--max-execution-time=1000"][..], ""),
        false => (&[][..], "WITH MAX_STATEMENT_TIME 0.2"),
    };
    let server = start_server(of_all);
    let mut schema = Schema::on(&server).await;
    let options = limited_account(&mut schema, of_the_account).await;
    for api in Api::BOTH {
        let printed = program(options.clone()).api(api).args(["", ENDLESS]).run().await.success();
        let error = |state| format!("Timeout(Execute) RetryAdvice::Never TransactionState::{state}");
        let alone = format!("in autocommit: {}; usable", error("None"));
        let within = format!("in a transaction: {}; next ok; commit ok; 2 kept; usable", error("Open"));
        assert_eq!(printed.lines().collect::<Vec<_>>(), [alone, within]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_statement_keeps_the_transaction_open() {
    for api in Api::BOTH {
        let printed = killed("QUERY", api).await;
        expect(&printed, KILLED, After::Open, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_connection_rolls_back_its_transaction() {
    for api in Api::BOTH {
        let printed = killed("CONNECTION", api).await;
        let aborted = "TransactionAborted(ConnectionLost)";
        let lost = |state| format!("ConnectionLost RetryAdvice::Later TransactionState::{state}");
        let alone = format!("in autocommit: {}; closed", lost("None"));
        let within = lost("RolledBack");
        let within = format!("in a transaction: {within}; next {aborted}; commit {aborted}; ? kept; closed");
        assert_eq!(printed.lines().collect::<Vec<_>>(), [alone, within]);
    }
}

/// Returns the output of a guest whose statement is killed each time it runs. `target` is QUERY or
/// CONNECTION.
async fn killed(target: &str, api: Api) -> String {
    let mut schema = Schema::new().await;
    let running = program(schema.options()).api(api).args(["", ENDLESS]).start();
    // The process list shows a killed session for a moment longer.
    let mut killed = 0;
    for line in ["in autocommit", "in a transaction"] {
        let id = busy_session(&mut schema, killed).await;
        schema.run(&format!("KILL {target} {id}")).await;
        running.printed(line).await;
        killed = if target == "CONNECTION" { id } else { 0 };
    }
    running.ended().await.success()
}

/// Waits for the session that runs the endless statement, other than session `killed`.
async fn busy_session(schema: &mut Schema, killed: u64) -> u64 {
    let condition = format!("db = '{}' AND command = 'Execute' AND info LIKE '%a.seq%'", schema.name());
    let sql = format!(
        "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE {condition} AND id <> {killed} AND user <> 'root'"
    );
    let mut id = 0;
    until("the statement runs", PATIENCE, async || {
        id = schema.value(&sql).await;
        id > 0
    })
    .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnect_error_code_closes_the_connection() {
    let schema = Schema::new().await;
    check(async || program(schema.options()), HUNG_UP, After::Closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_cannot_kill_sessions_of_another_account() {
    let mut schema = Schema::new().await;
    let id: u64 = schema.value("SELECT CONNECTION_ID()").await;
    check(async || program(schema.options()), &[(format!("KILL {id}"), KILL_DENIED)], After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_parameters_are_refused() {
    let schema = Schema::new().await;
    let sql = format!("SELECT ?{}", ", ?".repeat(65535));
    check(async || program(schema.options()), &[(sql, TOO_MANY_PARAMETERS)], After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unqualified_table_without_schema_is_an_error() {
    let server = shared_server();
    let options = DatabaseOptions::tcp("127.0.0.1", server.port()).user(server.user()).password(server.password());
    check_refused(&options, &[NO_SCHEMA]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn account_connection_limit_is_reported() {
    let mut schema = Schema::new().await;
    let options = limited_account(&mut schema, "WITH MAX_USER_CONNECTIONS 1").await;
    let connection = open_connection(shared_server(), &limited_user(&schema), "limited").await;
    check_refused(&options, &[TOO_MANY_CONNECTIONS]).await;
    drop(connection);
}

/// Creates an account for this schema only, with these limits.
async fn limited_account(schema: &mut Schema, limits: &str) -> DatabaseOptions {
    let user = limited_user(schema);
    for sql in [
        format!("DROP USER IF EXISTS {user}@127.0.0.1"),
        format!("CREATE USER {user}@127.0.0.1 IDENTIFIED BY 'limited' {limits}"),
        format!("GRANT ALL ON {}.* TO {user}@127.0.0.1", schema.name()),
    ] {
        schema.run(&sql).await;
    }
    schema.options().user(user).password("limited")
}

fn limited_user(schema: &Schema) -> String {
    format!("{}_limited", schema.name())
}
