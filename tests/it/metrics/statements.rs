//! Metrics of statements: their kinds, outcomes and results.

use std::time::Duration;

use wasmysql_host::{Config, Database, Grant, Statements};
use wasmysql_tests::{Api, FLAVOR, Guest, PATIENCE, guest, shared_server};

use super::{CALLS, Counted, KILLS, LIMITS, TIMEOUTS};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_counted_by_kind_and_outcome() {
    for api in Api::BOTH {
        let counted = Counted::new().await;
        let statements = [
            "CREATE TABLE counted (id INT PRIMARY KEY)",
            "INSERT INTO counted VALUES (1), (2)",
            "INSERT INTO counted VALUES (3)",
            "INSERT INTO counted VALUES (1)",
            "SELECT * FROM nowhere",
            "FLUSH TABLES",
            "SET @a = 1",
            "",
        ];
        counted.guest(programs::RUNS_EACH_STATEMENT).api(api).args(statements).run().await.success();
        let all = [("db_operation_name", "execute"), ("wasmysql_guest", "test"), ("db_system_name", FLAVOR.name())];
        let calls = |kind, error: &str| {
            let error = [("wasmysql_statement_kind", kind), ("error_type", error)];
            // Successful calls have no `error_type`.
            counted.value(CALLS, &[&all[..], &error[..if error[1].1.is_empty() { 1 } else { 2 }]].concat())
        };
        assert_eq!(calls("ddl", ""), 1.0);
        assert_eq!(calls("dml", ""), 3.0);
        assert_eq!(calls("dml", "server(constraint)"), 1.0);
        assert_eq!(calls("read", "server(syntax)"), 1.0);
        assert_eq!(calls("any", "statement-denied"), 1.0);
        assert_eq!(calls("host", "statement-denied"), 1.0);
        assert_eq!(calls("unknown", "argument"), 1.0);
        assert_eq!(counted.value(CALLS, &all), 8.0, "each statement is counted once");
        let of_schema = [("db_namespace", counted.schema.name())];
        assert_eq!(counted.value(CALLS, &of_schema), 8.0);
        let seconds = counted.value("db_client_operation_duration_seconds_sum", &all);
        assert!((0.000_1..20.0).contains(&seconds), "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn returned_rows_are_counted_when_the_result_ends() {
    for api in Api::BOTH {
        let counted = Counted::new().await;
        counted.guest(programs::FIRST_ROWS).api(api).run().await.success();
        // Five results are read to their end. Of the other five only the first batch is read: one
        // row once, all rows otherwise.
        let rows = 5 * 10 + (4 * 10 + 1);
        counted.counts(&[
            ("db_client_response_returned_rows_count", &[("wasmysql_guest", "test")], 5 + 5),
            ("db_client_response_returned_rows_sum", &[("db_system_name", FLAVOR.name())], rows),
            // A BIGINT has eight bytes.
            ("wasmysql_response_returned_bytes_sum", &[("wasmysql_guest", "test")], 8 * rows),
        ]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fetches_are_counted_as_calls() {
    let counted = Counted::new().await;
    counted.guest(programs::SDK_STREAMS).run().await.success();
    counted.counts(&[("db_client_response_returned_rows_count", &[], 8)]);
    let rows = counted.value("db_client_response_returned_rows_sum", &[]);
    // Two results fail before their last batch.
    assert!((6.0 * 30_000.0..8.0 * 30_000.0).contains(&rows), "{rows}");
    let fetch = [("db_operation_name", "fetch"), ("wasmysql_statement_kind", "read")];
    let fetches = counted.value(CALLS, &fetch);
    assert!(fetches >= 8.0, "30,000 numbers need more than one batch: {fetches}");
    let failed: f64 = ["server(data)", "server(syntax)", "server(other)"]
        .iter()
        .map(|error| counted.value(CALLS, &[fetch[0], ("error_type", error)]))
        .sum();
    assert_eq!(failed, 2.0, "two results fail in a row without a value");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_result_counts_the_rows_read() {
    let counted = Counted::of(2).await;
    let gate = counted.schema.gate().await;
    let guest = counted.guest(programs::CURSOR_DROPPED_EARLY).args(["1000000", "1000", gate.name()]).start();
    guest.printed("dropped").await;
    counted.wait_for("db_client_response_returned_rows_count", &[], 1.0).await;
    let rows = counted.value("db_client_response_returned_rows_sum", &[]);
    assert!((1.0..10_000.0).contains(&rows), "only the first batch is counted: {rows}");
    counted.wait_for(super::DISCARDED, &[("wasmysql_reason", "abandoned")], 1.0).await;
    gate.open().await;
    guest.ended().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn execute_many_and_prepare_are_counted_as_calls() {
    let counted = Counted::of(2).await;
    counted.guest(programs::EXECUTES_MANY).run().await.success();
    let many = counted.value(CALLS, &[("db_operation_name", "execute-many"), ("wasmysql_statement_kind", "dml")]);
    assert!(many >= 6.0, "{many}");
    counted.guest(programs::PREPARED_STATEMENTS).run().await.success();
    assert!(counted.value(CALLS, &[("db_operation_name", "prepare"), ("wasmysql_statement_kind", "read")]) > 1.0);
    counted.counts(&[(
        CALLS,
        &[("db_operation_name", "prepare"), ("wasmysql_statement_kind", "host"), ("error_type", "statement-denied")],
        1,
    )]);
}

#[tokio::test(flavor = "multi_thread")]
async fn timed_out_statement_counts_as_timeout_and_kill() {
    let counted = Counted::of(4).await;
    counted.guest(programs::STATEMENT_TIMES_OUT).run().await.success();
    let timeout = ("error_type", "timeout(execute)");
    counted.counts(&[
        (CALLS, &[timeout], 3),
        (CALLS, &[timeout, ("wasmysql_statement_kind", "read")], 1),
        (CALLS, &[timeout, ("wasmysql_statement_kind", "dml")], 2),
        (super::DISCARDED, &[("wasmysql_reason", "timeout")], 3),
        (super::TRANSACTIONS, &[("wasmysql_transaction_outcome", "timeout")], 1),
        (TIMEOUTS, &[], 0),
    ]);
    counted.wait_for(KILLS, &[], 3.0).await;
    counted.counts(&[(KILLS, &[("error_type", "timeout(execute)")], 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statement_of_dropped_guest_counts_as_cancelled() {
    for api in Api::BOTH {
        let mut counted = Counted::new().await;
        let running = counted.guest(programs::RUNS_EACH_STATEMENT).api(api).args(["DO SLEEP(30)"]).start();
        counted.schema.running("SLEEP(30)", 1, PATIENCE).await;
        counted.counts(&[(super::CONNECTIONS, super::USED, 1), (CALLS, &[], 0)]);
        running.abandon().await;
        counted.wait_for(super::CONNECTIONS, super::USED, 0.0).await;
        counted.counts(&[
            (CALLS, &[("wasmysql_statement_kind", "dml"), ("error_type", "cancelled")], 1),
            (CALLS, &[], 1),
            (super::CONNECTIONS, super::IDLE, 0),
            (super::DISCARDED, &[("wasmysql_reason", "cancelled")], 1),
        ]);
        counted.wait_for(KILLS, &[], 1.0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limit_hits_are_counted_by_limit() {
    let counted = Counted::of(4).await;
    let grant = || Grant::new(Statements::Dml);
    let limited = [
        ("1000 bytes of SQL", grant().max_sql_bytes(1000)),
        ("3 parameters", grant().max_parameters(3)),
        ("100 bytes of a parameter", grant().max_parameter_bytes(100)),
        ("100 bytes of parameters", grant().max_all_parameter_bytes(100)),
    ];
    let mut calls = guest(programs::CALLS_WITHIN_THEIR_LIMITS).guest_name("limited");
    for (name, grant) in limited {
        calls = calls.database(name, &counted.database, grant);
    }
    calls.run().await.success();
    let of = |limit| counted.value(LIMITS, &[("wasmysql_limit", limit), ("wasmysql_guest", "limited")]);
    assert!(of("sql-bytes") >= 1.0 && of("parameters") >= 1.0 && of("parameter-bytes") >= 2.0);
    assert_eq!(of("row-bytes"), 0.0);
    let all = counted.value(LIMITS, &[]);
    let as_errors: f64 = ["sql-bytes", "parameters", "parameter-bytes"]
        .iter()
        .map(|limit| counted.value(CALLS, &[("error_type", &format!("limit-exceeded({limit})"))]))
        .sum();
    assert_eq!(all, as_errors, "each limit hit is an error too");

    let grant = Grant::default().max_connections(2);
    let holds = guest(programs::HOLDS_ALL_ITS_CONNECTIONS).guest_name("holder");
    holds.database("main", &counted.database, grant).run().await.success();
    counted.counts(&[
        (LIMITS, &[("wasmysql_limit", "connections"), ("wasmysql_guest", "holder")], 2),
        (TIMEOUTS, &[("wasmysql_guest", "holder")], 2),
        (TIMEOUTS, &[("wasmysql_guest", "limited")], 0),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_statement_is_counted() {
    let counted = Counted::new().await;
    let disabled = counted.schema.options().name("disabled").slow_statement_after(Duration::ZERO);
    let enabled = counted.schema.options().name("enabled").slow_statement_after(Duration::from_millis(100));
    let run = async |guest: Guest| {
        guest.args(["DO SLEEP(0.2)", "DO 1", "SELECT SLEEP(0.2)"]).run().await.success();
    };
    for options in [disabled, enabled] {
        let database = Database::new(options).unwrap();
        run(guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default())).await;
    }
    let url = shared_server().url();
    let file = format!(
        "[database.main]\nurl = '{url}'\nslow_statement_after_ms = 100\n[[grant]]\nguest = 'filed'\ndatabase = 'main'\n"
    );
    run(guest(programs::RUNS_EACH_STATEMENT).context(Config::from_toml(&file).unwrap().context("filed"))).await;
    let slow = |database| {
        let labels = [("db_client_connection_pool_name", database), ("wasmysql_guest", "test")];
        counted.metrics.value("wasmysql_statement_slow_total", &labels)
    };
    assert_eq!(slow("enabled"), 2.0, "DO 1 is slow only if it takes 100 ms on this machine");
    assert_eq!(slow("disabled"), 0.0);
    // A database of a configuration file has the name it has there.
    let labels = [("db_client_connection_pool_name", "main"), ("wasmysql_guest", "filed")];
    assert_eq!(counted.metrics.value("wasmysql_statement_slow_total", &labels), 2.0);
}
