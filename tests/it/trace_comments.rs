//! Statements carry the trace context of their call as a comment.

use std::sync::atomic::{AtomicU64, Ordering};

use wasmysql_host::telemetry::TraceParent;
use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, Schema, guest};

use crate::programs;

/// Returns a grant that numbers the spans of the calls.
fn grant() -> Grant {
    let calls = AtomicU64::new(0);
    Grant::new(Statements::Any).sqlcommenter(move |_| {
        let span = calls.fetch_add(1, Ordering::Relaxed) + 1;
        Some(TraceParent::new([0xa1; 16], span.to_be_bytes(), 1))
    })
}

fn comment(span: u64) -> String {
    format!("/*traceparent='00-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-{span:016x}-01'*/")
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sees_the_trace_of_each_call() {
    const OWN: &str = "SELECT info FROM information_schema.processlist WHERE id = CONNECTION_ID()";
    let schema = Schema::new().await;
    for api in Api::BOTH {
        let with_end = [OWN.to_owned(), OWN.to_owned(), format!("{OWN};"), format!("{OWN} -- the end")];
        let guest = guest(programs::PRINTS_EACH_RESULT).api(api).args(with_end.clone());
        let printed = guest.database("main", &schema.database_of(1), grant()).run().await.success();
        for ((line, sql), span) in printed.lines().zip(&with_end).zip(1..) {
            assert!(line.starts_with(OWN) && line.ends_with(&comment(span)), "{api:?}, {sql}: {line}");
        }
        assert_eq!(printed.lines().count(), with_end.len(), "{printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_change_no_outcome() {
    let mut schema = Schema::new().await;
    schema.run("CREATE TABLE t (id INT, v DECIMAL(5, 2))").await;
    for api in Api::BOTH {
        for sql in
            ["INSERT INTO t (id) VALUES (?)", "INSERT INTO t (id) SELECT ? + 1", "UPDATE t SET v = 1 WHERE id = ?;"]
        {
            let database = schema.database_of(1);
            let mut outcomes = Vec::new();
            for grant in [Grant::new(Statements::Any), grant()] {
                schema.run("TRUNCATE t").await;
                let guest = guest(programs::RUNS_IN_EVERY_WAY).api(api).args([sql]).database("main", &database, grant);
                outcomes.push(guest.run().await.success());
            }
            assert_eq!(outcomes[0], outcomes[1], "{api:?}, {sql}");
            assert_eq!(outcomes[0].matches(" rows").count(), 4, "{}", outcomes[0]);
        }
    }
}
