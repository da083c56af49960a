//! What takes a server of other settings. There is one, with one setting after the other.

use wasmysql_host::{Grant, Statements};
use wasmysql_mariadb::PrivateServer;
use wasmysql_tests::{Api, Guest, PATIENCE, Root, Schema, guest, start_server, until};

use super::{After, Case, Told, check, held, refused};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[READ_ONLY, TIMED_OUT, MADE];

const READ_ONLY: &[Case] = &[("INSERT INTO rows_of VALUES (2, 0)", Told(1290, "HY000", "ReadOnly", "Never"))];
const TIMED_OUT: &[Case] = &[(LOCK, Told(1205, "HY000", "LockTimeout", "Later"))];
const LOCK: &str = "SELECT * FROM rows_of FOR UPDATE NOWAIT";

/// What is made by its test; 1461 by `faults`, row S21.
const MADE: &[Case] = &[("", CHANGED), ("", TOO_MANY_OF_THE_USER), ("", TOO_MANY), ("", NOT_PREPARED)];
const NOT_PREPARED: Told = Told(1461, "42000", "Resources", "Later");
const CHANGED: Told = Told(1020, "HY000", "Deadlock", "NewTransaction");
const TOO_MANY_OF_THE_USER: Told = Told(1203, "42000", "Resources", "Later");
const TOO_MANY: Told = Told(1040, "08004", "Resources", "Later");
/// The same, before the server and the host have agreed on a protocol that has an SQLSTATE.
const TOO_MANY_AT_ONCE: Told = Told(1040, "HY000", "Resources", "Later");

const CONNECTIONS: usize = 10;

fn granted(program: &'static str, schema: &Schema) -> Guest {
    guest(program).database("main", &schema.database(), Grant::new(Statements::Ddl))
}

fn program(schema: &Schema) -> Guest {
    granted(programs::SERVER_ERRORS_OF_STATEMENTS, schema)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_servers_settings_refuse_is_told() {
    let connections = format!("--max-connections={CONNECTIONS}");
    let server = start_server(&[&connections, "--max-user-connections=9", "--innodb-rollback-on-timeout"]);
    let mut schema = Schema::on(&server).await;
    schema.run("CREATE TABLE rows_of (id INT PRIMARY KEY, n INT)").await;
    schema.run("CREATE TABLE afterwards (n INT)").await;
    schema.run("INSERT INTO rows_of VALUES (1, 0)").await;

    connections_past_the_users_limit(&mut schema, &server).await;
    writes_to_a_server_that_only_reads(&mut schema).await;
    a_record_that_has_changed_since_it_was_read(&mut schema).await;
    a_lock_that_is_not_had_by_who_then_loses_all(&mut schema).await;
    connections_past_the_servers_limit(&mut schema, &server).await;
}

async fn writes_to_a_server_that_only_reads(schema: &mut Schema) {
    schema.run("SET GLOBAL read_only = 1").await;
    check(async || program(schema), READ_ONLY, After::Open).await;
    schema.run("SET GLOBAL read_only = 0").await;
}

async fn a_record_that_has_changed_since_it_was_read(schema: &mut Schema) {
    schema.run("SET GLOBAL innodb_snapshot_isolation = 1").await;
    for api in Api::BOTH {
        let mut gate = schema.gate().await;
        let arguments = ["one phase", gate.name(), "SELECT * FROM rows_of", "UPDATE rows_of SET n = 9"];
        let running = granted(programs::SERVER_ERRORS_AT_A_GATE, schema).api(api).args(arguments).start();
        gate.awaited_by(1).await;
        schema.run("UPDATE rows_of SET n = n + 1").await;
        gate.open().await;
        let told = CHANGED.with("RolledBack");
        let expected = format!("{told}; commit TransactionAborted(AbortReason::Deadlock); afterwards ok\n");
        assert_eq!(running.ended().await.success(), expected);
    }
}

/// This server is configured to roll the whole transaction back.
async fn a_lock_that_is_not_had_by_who_then_loses_all(schema: &mut Schema) {
    schema.run("BEGIN").await;
    schema.run("SELECT * FROM rows_of FOR UPDATE").await;
    check(async || program(schema), TIMED_OUT, After::RolledBack("Timeout")).await;
    for api in Api::BOTH {
        let mut gate = schema.gate().await;
        let arguments = ["two phases", gate.name(), "INSERT INTO afterwards VALUES (0)", LOCK];
        let running = granted(programs::SERVER_ERRORS_AT_A_GATE, schema).api(api).args(arguments).start();
        gate.awaited_by(1).await;
        gate.open().await;
        let told = TIMED_OUT[0].1.with("RolledBack");
        let expected = format!("{told}; commit TransactionAborted(AbortReason::Timeout); afterwards ok\n");
        assert_eq!(running.ended().await.success(), expected);
    }
    schema.run("ROLLBACK").await;
}

async fn connections_past_the_users_limit(schema: &mut Schema, server: &PrivateServer) {
    schema.run("SET GLOBAL max_user_connections = 1").await;
    let held = held(server, server.user(), server.password()).await;
    refused(&schema.options(), &[TOO_MANY_OF_THE_USER]).await;
    drop(held);
    schema.run("SET GLOBAL max_user_connections = 100").await;
}

/// The administrator has one connection more than all.
async fn connections_past_the_servers_limit(schema: &mut Schema, server: &PrivateServer) {
    const CONNECTED: &str = "SELECT VARIABLE_VALUE FROM information_schema.global_status \
        WHERE VARIABLE_NAME = 'THREADS_CONNECTED'";
    let mut roots = Vec::new();
    until("all connections are taken", PATIENCE, async || {
        let taken: usize = schema.value(CONNECTED).await;
        if taken < CONNECTIONS {
            roots.push(Root::connect(&server.socket()).await);
        }
        taken == CONNECTIONS
    })
    .await;
    refused(&schema.options(), &[TOO_MANY, TOO_MANY_AT_ONCE]).await;
}
