//! Traces of the host: a span for each call, with its outcome. Traces never contain values,
//! addresses or passwords.

use std::time::Duration;

use tracing::Level;
use wasmysql_host::{Database, Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, Traced, Traces, guest, shared_server, until};

use crate::programs;

/// Returns the spans of this guest with this name.
fn spans(guest: &str, name: &str) -> Vec<Traced> {
    Traces::listen().of(guest).into_iter().filter(|traced| traced.name == name).collect()
}

/// Formats these fields as `field=value`, without the fields that are not set.
fn formatted(traced: &Traced, fields: &[&str]) -> String {
    let set = fields.iter().filter(|field| traced.fields.contains_key(**field));
    set.map(|field| format!("{field}={}", traced.field(field))).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_a_span_with_its_outcome() {
    Traces::listen();
    for (api, name) in Api::BOTH.into_iter().zip(["traced statements", "traced blocking statements"]) {
        let schema = Schema::new().await;
        let database = schema.database();
        let statements =
            ["CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)", "INSERT INTO t VALUES (1)"];
        let guest = guest(programs::RUNS_EACH_STATEMENT).api(api).guest_name(name);
        guest.database("main", &database, Grant::new(Statements::Ddl)).args(statements).run().await.success();

        // One acquire opens the engine, the other is for the statements.
        let acquired: Vec<_> =
            spans(name, "acquire").iter().map(|span| formatted(span, &["database", "outcome"])).collect();
        assert_eq!(acquired, vec![format!("database={} outcome=ok", schema.name()); 2]);
        let executed = spans(name, "execute");
        let calls: Vec<_> =
            executed.iter().map(|span| formatted(span, &["kind", "rows", "affected", "outcome"])).collect();
        assert_eq!(
            calls,
            ["kind=ddl affected=0 outcome=ok", "kind=dml affected=2 outcome=ok", "kind=dml outcome=server(constraint)"]
        );
        assert!(executed.iter().all(|span| span.level == Level::INFO && span.has_ended), "{executed:?}");
        assert!(executed.iter().all(|span| span.field("database") == schema.name()), "{executed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fetches_have_spans_of_their_own() {
    Traces::listen();
    let schema = Schema::new().await;
    let guest = guest(programs::SDK_STREAMS).guest_name("traced streams");
    guest.database("main", &schema.database(), Grant::new(Statements::Read)).run().await.success();
    let (executed, fetched) = (spans("traced streams", "execute"), spans("traced streams", "fetch"));
    assert_eq!(executed.len(), 8);
    let rows = executed.iter().chain(&fetched).filter_map(|span| span.field("rows").parse::<u32>().ok()).sum::<u32>();
    // Two results fail before their last batch.
    assert!((6 * 30_000..8 * 30_000).contains(&rows), "{rows}");
    let (succeeded, failed): (Vec<_>, Vec<_>) = fetched.iter().partition(|span| span.field("outcome") == "ok");
    assert!(succeeded.iter().all(|span| span.field("kind") == "read"), "{succeeded:?}");
    assert!(failed.iter().all(|span| span.field("outcome").starts_with("server(")), "{failed:?}");
    assert_eq!(failed.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_span_contains_its_calls() {
    Traces::listen();
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE scripted (id INT PRIMARY KEY)").await;
    let calls = ["scripted", "insert 1", "begin", "insert 2", "nested", "commit 1", "commit 0", "begin", "insert 3"];
    let guest = guest(programs::FOLLOWS_A_SCRIPT).guest_name("traced script");
    guest.database("main", &schema.database(), Grant::new(Statements::Ddl)).args(calls).run().await.success();

    let transactions = spans("traced script", "transaction");
    let outcomes: Vec<_> = transactions.iter().map(|span| span.field("outcome")).collect();
    assert_eq!(outcomes, ["committed", "rolled-back"]);
    assert!(transactions.iter().all(|span| span.has_ended));
    let within = |name| spans("traced script", name).iter().map(|span| span.within.join(" ")).collect::<Vec<_>>();
    assert_eq!(within("execute"), ["", "transaction", "transaction"]);
    assert_eq!(within("begin"), ["", "transaction", ""], "the second begin is a savepoint");
    assert_eq!(within("release"), ["transaction"]);
    assert_eq!(within("commit"), ["transaction"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_call_has_the_outcome_cancelled() {
    Traces::listen();
    let mut schema = Schema::new().await;
    let guest = guest(programs::RUNS_EACH_STATEMENT).guest_name("traced dropped guest").args(["DO SLEEP(30)"]);
    let running = guest.database("main", &schema.database(), Grant::default()).start();
    schema.running("SLEEP(30)", 1, PATIENCE).await;
    running.abandon().await;
    let [span] = &spans("traced dropped guest", "execute")[..] else { panic!("expected one statement") };
    assert_eq!(formatted(span, &["kind", "outcome"]), "kind=dml outcome=cancelled");
    assert!(span.has_ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_statement_is_logged_with_its_guest() {
    let traces = Traces::listen();
    let schema = Schema::new().await;
    let options = schema.options().slow_statement_after(Duration::from_millis(100)).name("traced database");
    let database = Database::new(options).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).guest_name("traced sleeper").args(["DO SLEEP(0.2)", "DO 2"]);
    guest.database("main", &database, Grant::default()).run().await.success();
    let warnings: Vec<_> = traces.of("traced sleeper").into_iter().filter(|event| event.level == Level::WARN).collect();
    let [warning] = &warnings[..] else { panic!("expected one warning: {warnings:?}") };
    assert_eq!(warning.name, "slow statement");
    let fields = ["database", "call", "kind", "outcome"];
    assert_eq!(formatted(warning, &fields), "database=traced database call=execute kind=dml outcome=ok");
    assert!(warning.field("seconds").parse::<f64>().unwrap() >= 0.2);
    assert!(!warning.text().contains("SLEEP"), "{warning:?}");
    let sql = traces.all().into_iter().filter(|event| event.field("sql") == "DO SLEEP(0.2)");
    assert!(
        sql.clone().count() >= 2 && sql.clone().all(|event| event.level == Level::DEBUG),
        "the statement is traced at DEBUG when it begins and when it ends"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_hold_no_secrets_and_sql_only_at_debug() {
    const LITERAL: &str = "literal_in_a_text";
    let traces = Traces::listen();
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40) UNIQUE)").await;
    let options = schema.options().slow_statement_after(Duration::from_millis(1));
    let database = Database::new(options).unwrap();
    let with =
        |program| guest(program).guest_name("traced secrets").database("main", &database, Grant::new(Statements::Ddl));
    // Some of these statements fail with server errors that repeat the statement.
    let statements = [
        format!("INSERT INTO t VALUES (1, '{LITERAL}')"),
        format!("INSERT INTO t VALUES (2, '{LITERAL}')"),
        format!("SELEC '{LITERAL}'"),
        format!("SELECT SLEEP(0.01), '{LITERAL}'"),
        format!("SELECT {LITERAL} FROM t"),
    ];
    with(programs::RUNS_EACH_STATEMENT).args(statements).run().await.success();
    // The gate's name is a parameter, of a slow statement and of one that is cancelled.
    let mut gate = schema.gate().await;
    let parameter = gate.name().to_owned();
    let waiting = with(programs::WAITS_AT_A_GATE).args([&parameter]).start();
    let cancelled = with(programs::WAITS_AT_A_GATE).args([&parameter]).start();
    gate.awaited_by(2).await;
    cancelled.abandon().await;
    gate.open().await;
    waiting.ended().await.success();
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
    // Two databases whose login fails.
    for options in
        [schema.options().password("secret_of_nobody"), schema.options().password("secret_of_nobody").schema("none")]
    {
        let database = Database::new(options).unwrap();
        let guest = guest(programs::RUNS_EACH_STATEMENT).guest_name("traced secrets");
        guest.database("main", &database, Grant::default()).args(["DO 1"]).run().await.success();
    }

    let own: Vec<_> = traces.of("traced secrets");
    assert!(
        own.iter().filter(|traced| traced.level == Level::WARN).count() >= 2,
        "slow statements are not logged: {own:#?}"
    );
    let server = shared_server();
    let never = [&*parameter, server.password(), "secret_of_nobody", "127.0.0.1", &format!(":{}", server.port())];
    for traced in traces.all() {
        let text = traced.text();
        for secret in never {
            assert!(!text.contains(secret), "'{secret}' is traced: {traced:?}");
        }
        assert!(traced.level > Level::INFO || !text.contains(LITERAL), "SQL is traced above DEBUG: {traced:?}");
        assert!(traced.level > Level::INFO || !text.contains("SELECT"), "SQL is traced above DEBUG: {traced:?}");
    }
    let texts = traces.all().into_iter().filter(|traced| traced.text().contains(LITERAL)).count();
    assert!(texts >= 5, "only {texts} statements are traced at DEBUG");
}
