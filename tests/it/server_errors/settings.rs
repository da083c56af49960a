//! Errors that need other server settings. One server gets one setting after the other.

use wasmysql_host::{Grant, Statements};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::{Api, Guest, PATIENCE, Root, Schema, guest, start_server, until};

use super::{After, Case, Failure, check, check_refused, open_connection};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[READ_ONLY, TIMED_OUT, MADE];

const READ_ONLY: &[Case] = &[("INSERT INTO rows_of VALUES (2, 0)", Failure(1290, "HY000", "ReadOnly", "Never"))];
const TIMED_OUT: &[Case] = &[(LOCK, Failure(1205, "HY000", "LockTimeout", "Later"))];
const LOCK: &str = "SELECT * FROM rows_of FOR UPDATE";

/// Errors that their tests provoke. `tests/faults`, row S21, provokes 1461.
const MADE: &[Case] = &[("", CHANGED), ("", TOO_MANY_OF_THE_USER), ("", TOO_MANY), ("", NOT_PREPARED)];
const NOT_PREPARED: Failure = Failure(1461, "42000", "Resources", "Later");
const CHANGED: Failure = Failure(1020, "HY000", "Deadlock", "NewTransaction");
const TOO_MANY_OF_THE_USER: Failure = Failure(1203, "42000", "Resources", "Later");
const TOO_MANY: Failure = Failure(1040, "08004", "Resources", "Later");
/// The same error before the handshake has agreed on a protocol with an SQLSTATE.
const TOO_MANY_BEFORE_HANDSHAKE: Failure = Failure(1040, "HY000", "Resources", "Later");

const CONNECTIONS: u64 = 10;

fn granted(program: &'static str, schema: &Schema) -> Guest {
    guest(program).database("main", &schema.database(), Grant::new(Statements::Ddl))
}

fn program(schema: &Schema) -> Guest {
    granted(programs::SERVER_ERRORS_OF_STATEMENTS, schema)
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_caused_by_server_settings_are_reported() {
    let connections = format!("--max-connections={CONNECTIONS}");
    let server = start_server(&[
        &connections,
        "--max-user-connections=9",
        "--innodb-lock-wait-timeout=1",
        "--innodb-rollback-on-timeout",
    ]);
    let mut schema = schema_on(&server).await;
    user_connection_limit(&mut schema, &server).await;
    write_to_read_only_server(&mut schema).await;
    lock_timeout_with_rollback(&mut schema).await;
    server_connection_limit(&mut schema, &server).await;
}

async fn schema_on(server: &PrivateServer) -> Schema {
    let mut schema = Schema::on(server).await;
    schema.run("CREATE TABLE rows_of (id INT PRIMARY KEY, n INT)").await;
    schema.run("CREATE TABLE afterwards (n INT)").await;
    schema.run("INSERT INTO rows_of VALUES (1, 0)").await;
    schema
}

async fn write_to_read_only_server(schema: &mut Schema) {
    schema.run("SET GLOBAL read_only = 1").await;
    check(async || program(schema), READ_ONLY, After::Open).await;
    schema.run("SET GLOBAL read_only = 0").await;
}

/// Updates a row that has changed since the transaction's snapshot.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: innodb_snapshot_isolation")]
async fn snapshot_conflict_rolls_back_the_transaction() {
    let server = start_server(&["--innodb-snapshot-isolation"]);
    let mut schema = schema_on(&server).await;
    for api in Api::BOTH {
        let mut gate = schema.gate().await;
        let arguments = ["one phase", gate.name(), "SELECT * FROM rows_of", "UPDATE rows_of SET n = 9"];
        let running = granted(programs::SERVER_ERRORS_AT_A_GATE, &schema).api(api).args(arguments).start();
        gate.awaited_by(1).await;
        schema.run("UPDATE rows_of SET n = n + 1").await;
        gate.open().await;
        let error = CHANGED.with("RolledBack");
        let expected = format!("{error}; commit TransactionAborted(Deadlock); afterwards ok\n");
        assert_eq!(running.ended().await.success(), expected);
    }
}

/// The server is configured with `innodb_rollback_on_timeout`: it rolls back the whole transaction.
async fn lock_timeout_with_rollback(schema: &mut Schema) {
    schema.run("BEGIN").await;
    schema.run("SELECT * FROM rows_of FOR UPDATE").await;
    check(async || program(schema), TIMED_OUT, After::RolledBack("Timeout")).await;
    for api in Api::BOTH {
        let mut gate = schema.gate().await;
        let arguments = ["two phases", gate.name(), "INSERT INTO afterwards VALUES (0)", LOCK];
        let running = granted(programs::SERVER_ERRORS_AT_A_GATE, schema).api(api).args(arguments).start();
        gate.awaited_by(1).await;
        gate.open().await;
        let error = TIMED_OUT[0].1.with("RolledBack");
        let expected = format!("{error}; commit TransactionAborted(Timeout); afterwards ok\n");
        assert_eq!(running.ended().await.success(), expected);
    }
    schema.run("ROLLBACK").await;
}

async fn user_connection_limit(schema: &mut Schema, server: &PrivateServer) {
    schema.run("SET GLOBAL max_user_connections = 1").await;
    let connection = open_connection(server, server.user(), server.password()).await;
    check_refused(&schema.options(), &[TOO_MANY_OF_THE_USER]).await;
    drop(connection);
    schema.run("SET GLOBAL max_user_connections = 100").await;
}

/// The server allows the administrator one connection beyond its limit.
async fn server_connection_limit(schema: &mut Schema, server: &PrivateServer) {
    let mut roots = Vec::new();
    until("all connections are in use", PATIENCE, async || {
        let connected = schema.status("Threads_connected").await;
        if connected < CONNECTIONS {
            roots.push(Root::connect(&server.socket()).await);
        }
        connected == CONNECTIONS
    })
    .await;
    check_refused(&schema.options(), &[TOO_MANY, TOO_MANY_BEFORE_HANDSHAKE]).await;
}
