//! What takes an account, a lock, somebody else who kills, or a statement that is made for it.

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, Guest, PATIENCE, Schema, guest, shared_server, until};

use super::{After, Case, Told, check, expect, held, refused};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[LOCKED, KILLED, HUNG_UP, MADE];

const LOCKED: &[Case] = &[("SELECT * FROM locked FOR UPDATE NOWAIT", Told(1205, "HY000", "LockTimeout", "Later"))];
/// Not a SLEEP, which may as well end in order when it is interrupted.
const ENDLESS: &str = "SELECT COUNT(*) FROM seq_1_to_1000000 AS a JOIN seq_1_to_1000000 AS b ON a.seq <> b.seq";
const KILLED: &[Case] = &[(ENDLESS, Told(1317, "70100", "Interrupted", "Later"))];

/// Codes with which a server hangs up. A real one closes the connection before they can be read, or can't be made to send them.
const HUNG_UP: &[Case] = &[
    ("SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1053", Told(1053, "08S01", "Interrupted", "Later")),
    ("SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1927", Told(1927, "70100", "Interrupted", "Later")),
    ("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 4031", Told(4031, "HY000", "Interrupted", "Later")),
];

/// Their statements, where they have one, are made by their tests.
const MADE: &[Case] =
    &[("", NO_SCHEMA), ("", TOO_MANY_CONNECTIONS), ("KILL", KILL_DENIED), ("SELECT ?, ?", TOO_MANY_PARAMETERS)];
const NO_SCHEMA: Told = Told(1046, "3D000", "Syntax", "Never");
const TOO_MANY_CONNECTIONS: Told = Told(1226, "42000", "Resources", "Later");
const KILL_DENIED: Told = Told(1095, "HY000", "Access", "Never");
const TOO_MANY_PARAMETERS: Told = Told(1390, "HY000", "Syntax", "Never");

fn program(options: DatabaseOptions) -> Guest {
    let database = Database::new(options).unwrap();
    guest(programs::SERVER_ERRORS_OF_STATEMENTS).database("main", &database, Grant::new(Statements::Any))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_not_had_leaves_the_transaction_open() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE locked (id INT PRIMARY KEY)").await;
    schema.run("INSERT INTO locked VALUES (1)").await;
    schema.run("BEGIN").await;
    schema.run("SELECT * FROM locked FOR UPDATE").await;
    check(async || program(schema.options()), LOCKED, After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_the_server_stops_for_its_time_leaves_the_transaction_open() {
    let mut schema = Schema::new().await;
    let options = limited_account(&mut schema, "MAX_STATEMENT_TIME 0.2").await;
    for api in Api::BOTH {
        let printed = program(options.clone()).api(api).args(["", ENDLESS]).run().await.success();
        let told = |state| format!("Timeout(Step::Execute) RetryAdvice::Never TransactionState::{state}");
        let alone = format!("by itself: {}; usable", told("None"));
        let within = format!("in a transaction: {}; next ok; commit ok; 2 kept; usable", told("Open"));
        assert_eq!(printed.lines().collect::<Vec<_>>(), [alone, within]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_killed_leaves_the_transaction_open() {
    for api in Api::BOTH {
        let printed = killed("QUERY", api).await;
        expect(&printed, KILLED, After::Open, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_killed_takes_its_transaction_with_it() {
    for api in Api::BOTH {
        let printed = killed("CONNECTION", api).await;
        let aborted = "TransactionAborted(AbortReason::ConnectionLost)";
        let lost = |state| format!("ConnectionLost RetryAdvice::Later TransactionState::{state}");
        let alone = format!("by itself: {}; closed", lost("None"));
        let within = lost("RolledBack");
        let within = format!("in a transaction: {within}; next {aborted}; commit {aborted}; ? kept; closed");
        assert_eq!(printed.lines().collect::<Vec<_>>(), [alone, within]);
    }
}

/// What a guest prints whose statement is killed each time that it runs.
async fn killed(what: &str, api: Api) -> String {
    let mut schema = Schema::new().await;
    let running = program(schema.options()).api(api).args(["", ENDLESS]).start();
    // A session that is killed is seen for a moment longer.
    let mut gone = 0;
    for line in ["by itself", "in a transaction"] {
        let id = busy_session(&mut schema, gone).await;
        schema.run(&format!("KILL {what} {id}")).await;
        running.printed(line).await;
        gone = if what == "CONNECTION" { id } else { 0 };
    }
    running.ended().await.success()
}

/// The session that runs the endless statement.
async fn busy_session(schema: &mut Schema, gone: u64) -> u64 {
    let condition = format!("db = '{}' AND command = 'Execute' AND info LIKE '%a.seq%'", schema.name());
    let sql = format!(
        "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE {condition} AND id <> {gone} AND user <> 'root'"
    );
    let mut id = 0;
    until("it runs", PATIENCE, async || {
        id = schema.value(&sql).await;
        id > 0
    })
    .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_it_hangs_up_is_taken_by_its_word() {
    let schema = Schema::new().await;
    check(async || program(schema.options()), HUNG_UP, After::Closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_kills_nobody_else() {
    let mut schema = Schema::new().await;
    let id: u64 = schema.value("SELECT CONNECTION_ID()").await;
    check(async || program(schema.options()), &[(format!("KILL {id}"), KILL_DENIED)], After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_no_more_parameters_than_the_protocol() {
    let schema = Schema::new().await;
    let sql = format!("SELECT ?{}", ", ?".repeat(65535));
    check(async || program(schema.options()), &[(sql, TOO_MANY_PARAMETERS)], After::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_schema_a_table_has_to_be_named_in_full() {
    let server = shared_server();
    let options = DatabaseOptions::tcp("127.0.0.1", server.port()).user(server.user()).password(server.password());
    refused(&options, &[NO_SCHEMA]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_no_more_connections_than_it_may() {
    let mut schema = Schema::new().await;
    let options = limited_account(&mut schema, "MAX_USER_CONNECTIONS 1").await;
    let held = held(shared_server(), &limited(&schema), "limited").await;
    refused(&options, &[TOO_MANY_CONNECTIONS]).await;
    drop(held);
}

/// An account of the schema's own, with limits.
async fn limited_account(schema: &mut Schema, limits: &str) -> DatabaseOptions {
    let user = limited(schema);
    schema.run(&format!("CREATE OR REPLACE USER {user}@127.0.0.1 IDENTIFIED BY 'limited' WITH {limits}")).await;
    schema.run(&format!("GRANT ALL ON {}.* TO {user}@127.0.0.1", schema.name())).await;
    schema.options().user(user).password("limited")
}

fn limited(schema: &Schema) -> String {
    format!("{}_limited", schema.name())
}
