//! The soak test runs guests of all kinds concurrently on two small pools. Some guests trap or are
//! dropped, sessions are killed, and the server freezes and crashes.
//!
//! Afterwards no committed row is missing, no row of a failed transaction is present, and no
//! resource is leaked.
//!
//! A short soak always runs. `WASMYSQL_SOAK_MINUTES=10 cargo xtask test soak` runs a long soak.
//! `WASMYSQL_SOAK_SEED` repeats the random choices of an earlier run.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod disruptions;
mod ledger;
mod load;
mod random;
mod report;

use std::env;
use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmysql_tests::{Trial, until};

use disruptions::Disruptions;
use ledger::{Differences, Ledger};
use load::Load;
use random::Random;
use report::Report;

/// The sizes of the two pools, in sessions. There are many times more guests, so most guests wait.
const POOLS: [usize; 2] = [8, 4];
/// The number of concurrent guests of a long soak.
const GUESTS: usize = 200;

struct Plan {
    guests: usize,
    length: Duration,
    seed: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn short_soak_loses_no_commit_and_leaves_nothing() {
    let report = soak(Plan { guests: 10, length: Duration::from_secs(5), seed: 1 }).await;
    assert!(report.commits() > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_soak_loses_no_commit_and_leaves_nothing() {
    let Ok(minutes) = env::var("WASMYSQL_SOAK_MINUTES") else {
        return print_line("the long soak is skipped; to run it: WASMYSQL_SOAK_MINUTES=10 cargo xtask test soak");
    };
    let seed = match env::var("WASMYSQL_SOAK_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs(),
    };
    let length = Duration::from_secs(60 * minutes.parse::<u64>().unwrap());
    print_line(&format!("soaking for {length:?}, WASMYSQL_SOAK_SEED={seed}"));
    let report = soak(Plan { guests: GUESTS, length, seed }).await;
    print_line(&report.to_string());
    report.memory_is_flat();
}

/// Writes to stderr directly, because the test harness shows the output of a passed test only on
/// request.
fn print_line(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn soak(plan: Plan) -> Report {
    let mut random = Random(plan.seed);
    let mut trial = Trial::with(&["--max-connections=100"]).await;
    Ledger::prepare(&mut trial).await;
    let [main, other] = POOLS.map(|connections| trial.database_of(connections));

    let end = Instant::now() + plan.length;
    let load = Load::start([&main, &other], plan.guests, end, &mut random);
    let mut disruptions = Disruptions::new(plan.length);
    while Instant::now() < end {
        load.sample_memory();
        disruptions.inject(&mut trial, &mut random).await;
    }
    let (report, ledger) = load.ended().await;
    disruptions.finish(&mut trial).await;
    until("all connections are released", Duration::from_secs(3), async || {
        main.status().in_use + other.status().in_use == 0
    })
    .await;

    let differences = ledger.compare(&mut trial).await;
    let report = report.with(&disruptions, differences);
    assert!(report.failures.is_empty(), "{:#?}\n{report}", report.failures);
    assert_eq!(differences, Differences::NONE, "{report}");
    // The conditions that hold after every fault are checked for the remaining pool.
    other.shutdown(Duration::from_secs(1)).await;
    trial.is_over(main).await;
    report
}
