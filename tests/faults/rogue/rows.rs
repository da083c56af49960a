//! Results that never end.

use std::time::{Duration, Instant};

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::packet::{TEXT, column, columns, word_row};
use wasmysql_tests::{Answer, Process, guest, resident_bytes};

use super::{answers_statements_with, database, is_over};
use crate::programs;

/// Returns an endless answer with rows of 1,000 bytes and a pause after each row.
fn endless(pause: Duration) -> Answer {
    Answer::Endless(vec![columns(1), column("words", TEXT), word_row(&[b'x'; 1000])], pause)
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_endless_rows_stop_at_the_result_limit() {
    const MEGABYTES: u64 = 256;
    let read = || Grant::new(Statements::Read);
    let by_rows = ("LimitExceeded(ResultRows)", read().max_result_rows(MEGABYTES * 1000));
    let by_bytes = ("LimitExceeded(ResultBytes)", read().max_result_bytes(MEGABYTES * 1_000_000));
    for (kind, grant) in [by_rows, by_bytes] {
        let process = Process::before().await;
        let rogue = answers_statements_with(endless(Duration::ZERO)).await;
        let database = database(&rogue);
        let reads = guest(programs::FAULT_READS_ROW_BY_ROW).database("main", &database, grant).args(["SELECT 1"]);
        let before = resident_bytes();
        let running = reads.start();
        let mut peak = before;
        while !running.has_ended() {
            peak = peak.max(resident_bytes());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let output = running.ended().await.success();
        let (rows, error) = output.split_once(" rows, ").unwrap();
        assert!(error.starts_with(kind), "{output}");
        let rows: u64 = rows.parse().unwrap();
        assert!((MEGABYTES * 990..=MEGABYTES * 1000).contains(&rows), "{rows} rows");
        assert!(peak - before < 32 << 20, "the host grew by {} bytes", peak - before);
        is_over(&process, database, rogue).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_slow_drip_ends_at_the_deadline_of_its_step() {
    const LIMIT: Duration = Duration::from_millis(500);
    let pause = Duration::from_millis(20);
    let grant = || Grant::new(Statements::Read).statement_timeout(LIMIT).fetch_timeout(LIMIT);
    let cases = [
        // The statement returns the first batch of rows; each fetch returns another batch.
        (programs::RUNS_EACH_STATEMENT, "Timeout(Execute): "),
        (programs::FAULT_READS_ROW_BY_ROW, "0 rows, Timeout(Fetch): "),
    ];
    for (program, kind) in cases {
        let process = Process::before().await;
        let rogue = answers_statements_with(endless(pause)).await;
        let database = database(&rogue);
        let start = Instant::now();
        let output = guest(program).database("main", &database, grant()).args(["SELECT 1"]).run().await.success();
        assert!(output.starts_with(kind), "{output}");
        assert!((LIMIT..LIMIT * 3).contains(&start.elapsed()), "{:?}", start.elapsed());
        is_over(&process, database, rogue).await;
    }
}
