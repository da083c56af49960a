//! Results larger than memory, and results that are dropped before their end.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, has_passed, in_own_process, resident_bytes, until};

use crate::programs;

/// Bytes of the guest's linear memory: static data, one batch, and the allocator's reserve.
const GUEST_MEMORY: usize = 4 << 20;

/// Bytes by which the host may grow, much less than the 300 MB of the result. Compiling the program
/// takes a third of it.
const HOST_GROWTH: u64 = 100 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn million_rows_use_the_memory_of_one_batch() {
    if let Some(alone) = in_own_process("cursors::million_rows_use_the_memory_of_one_batch") {
        return has_passed(&alone);
    }
    let schema = Schema::new().await;
    let running = schema.guest(programs::READS_A_MILLION_ROWS).start();
    let before = resident_bytes();
    let mut peak = before;
    until("all rows are read", Duration::from_secs(60), async || {
        peak = peak.max(resident_bytes());
        running.has_ended()
    })
    .await;

    let outcome = running.ended().await;
    let memory = outcome.memory;
    assert_eq!(outcome.success(), "1000000 rows, sum 500000500000, 300000000 bytes\n");
    let growth = peak - before;
    println!("the guest uses {} KiB, the host grew by {} KiB", memory / 1024, growth / 1024);
    assert!((1..=GUEST_MEMORY).contains(&memory), "the guest grew to {memory} bytes");
    assert!(growth < HOST_GROWTH, "the host grew by {growth} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_result_dropped_early_frees_its_slot_at_once() {
    drop_a_cursor_of(100_000_000, 1000, "closed").await;
}

/// The host always finds more rows to skip, and must check its deadline nevertheless.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn fast_result_dropped_early_frees_its_slot_at_once() {
    drop_a_cursor_of(100_000_000, 1, "closed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn short_result_dropped_early_keeps_the_connection() {
    drop_a_cursor_of(300, 1000, "usable").await;
}

async fn drop_a_cursor_of(rows: u64, bytes: u64, expected: &str) {
    for api in Api::BOTH {
        drop_a_cursor_in(api, rows, bytes, expected).await;
    }
}

async fn drop_a_cursor_in(api: Api, rows: u64, bytes: u64, expected: &str) {
    let mut schema = Schema::new().await;
    let mut gate = schema.gate().await;
    let database = schema.database_of(2);
    let running = guest(programs::CURSOR_DROPPED_EARLY)
        .api(api)
        .database("main", &database, Grant::new(Statements::Dml))
        .args([rows.to_string(), bytes.to_string(), gate.name().to_owned()])
        .start();
    running.printed("dropped").await;
    let in_use = if expected == "closed" { 1 } else { 2 };
    // Reading the rest of a long result would take tens of seconds.
    until("the slot is free", Duration::from_secs(1), async || database.status().in_use == in_use).await;
    schema.running("WITH RECURSIVE", 0, Duration::from_secs(2)).await;
    assert_eq!(database.status().max_size, 2);

    gate.awaited_by(1).await;
    gate.open().await;
    let printed = running.ended().await.success();
    assert_eq!(printed.lines().last(), Some(expected));
    until("all connections are released", PATIENCE, async || database.status().in_use == 0).await;
}
