//! The embedder's own check of statements.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasmysql_host::{Grant, StatementDecision, StatementOperation, Statements};
use wasmysql_tests::{Api, Schema, guest, start_server};

use crate::programs;

const INSERT: &str = "INSERT INTO t VALUES (?)";

async fn schema() -> Schema {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT)").await;
    schema
}

#[tokio::test(flavor = "multi_thread")]
async fn check_sees_each_statement_before_it_runs() {
    let schema = schema().await;
    for api in Api::BOTH {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let grant = Grant::new(Statements::Dml).on_statement(move |statement| {
            assert_eq!((statement.guest, statement.database, statement.sql), ("auditor", "main", INSERT));
            assert_eq!(statement.kind, Statements::Dml);
            log.lock().unwrap().push((statement.operation, statement.parameters, statement.rows));
            StatementDecision::Allow
        });
        let guest = guest(programs::RUNS_IN_EVERY_WAY).api(api).guest_name("auditor").args([INSERT]);
        let printed = guest.database("main", &schema.database_of(1), grant).run().await.success();
        assert_eq!(printed, "text: 1 rows\nprepared: 1 rows\nprepared again: 1 rows\nmany: 2 rows\n", "{api:?}");
        let (prepare, execute) = ((StatementOperation::Prepare, 0, 1), (StatementOperation::Execute, 1, 1));
        let many = (StatementOperation::ExecuteMany, 1, 2);
        assert_eq!(*seen.lock().unwrap(), [execute, prepare, execute, prepare, execute, many], "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn denied_statement_is_not_sent_and_the_guest_sees_the_reason() {
    // `Com_stmt_prepare` counts for the whole server, so the test cannot use the shared one.
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    schema.run("CREATE TABLE t (id INT)").await;
    for api in Api::BOTH {
        let grant = Grant::new(Statements::Dml).on_statement(|statement| match statement.sql {
            "SELECT COUNT(*) FROM t" => StatementDecision::Allow,
            _ => StatementDecision::Deny("it has no name in this host".to_owned()),
        });
        let database = schema.database_of(1);
        let guest =
            |program, argument| guest(program).api(api).database("main", &database, grant.clone()).args([argument]);
        let before = schema.status("Com_stmt_prepare").await;
        let printed = guest(programs::RUNS_IN_EVERY_WAY, INSERT).run().await.success();
        let reason = "StatementDenied: the host does not allow this statement: it has no name in this host";
        let expected: String =
            ["text", "prepared", "prepared again", "many"].iter().map(|way| format!("{way}: {reason}\n")).collect();
        assert_eq!(printed, expected, "{api:?}");
        assert_eq!(schema.status("Com_stmt_prepare").await, before, "{api:?}");
        let allowed = guest(programs::RUNS_EACH_STATEMENT, "SELECT COUNT(*) FROM t").run().await.success();
        assert_eq!(allowed, "done, 0 rows\n", "{api:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_is_asked_only_about_statements_of_the_grant() {
    let schema = schema().await;
    let grant = Grant::new(Statements::Read).on_statement(|statement| match statement.kind {
        Statements::Read => StatementDecision::Allow,
        _ => StatementDecision::Deny("the grant comes first".to_owned()),
    });
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &schema.database_of(1), grant);
    let printed = guest.args(["DELETE FROM t", "SET @a = 1", "SELECT 1"]).run().await.success();
    assert!(!printed.contains("the grant comes first"), "{printed}");
    assert_eq!(printed.matches("StatementDenied").count(), 2, "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_shortens_the_deadline_of_a_statement() {
    let schema = schema().await;
    for api in Api::BOTH {
        let grant =
            Grant::new(Statements::Dml).on_statement(|_| StatementDecision::AllowWithin(Duration::from_millis(200)));
        let guest = guest(programs::RUNS_EACH_STATEMENT).api(api).args(["DO SLEEP(30)"]);
        let printed = guest.database("main", &schema.database_of(1), grant).run().await.success();
        assert!(
            printed.starts_with("Timeout(Execute): the statement did not finish within 200 ms"),
            "{api:?}: {printed}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_of_the_check_denies_the_statement() {
    let schema = schema().await;
    for api in Api::BOTH {
        let grant = Grant::new(Statements::Dml).on_statement(|statement| {
            assert!(!statement.sql.contains("boom"), "this text is not expected");
            StatementDecision::Allow
        });
        let guest = guest(programs::RUNS_EACH_STATEMENT).api(api).args(["SELECT 'boom'", "DO 1"]);
        let printed = guest.database("main", &schema.database_of(1), grant).run().await.success();
        let denied = "StatementDenied: the host's check of this statement failed; the statement was not sent";
        assert_eq!(printed, format!("{denied}\ndone, 0 rows\n"), "{api:?}");
    }
}
