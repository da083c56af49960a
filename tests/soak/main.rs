//! The soak: guests of all kinds at once on two small pools, some of which trap or are dropped, while sessions are killed and the server
//! freezes and crashes. Afterwards no row that was acknowledged is lost, none of a transaction that failed is there, and nothing is left.
//!
//! A short one always runs. `WASMYSQL_SOAK_MINUTES=10 cargo xtask test soak` runs a long one; `WASMYSQL_SOAK_SEED` repeats its choices.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod ledger;
mod load;
mod random;
mod report;
mod trouble;

use std::env;
use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmysql_tests::{Trial, until};

use ledger::{Found, Ledger};
use load::Load;
use random::Random;
use report::Report;
use trouble::Trouble;

/// Sessions of the pools. Guests are many times as many, so most wait.
const POOLS: [usize; 2] = [8, 4];
/// Wasm guests at once, in a long soak.
const GUESTS: usize = 200;

struct Plan {
    guests: usize,
    length: Duration,
    seed: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_soak_loses_nothing_and_leaves_nothing() {
    let report = soak(Plan { guests: 10, length: Duration::from_secs(5), seed: 1 }).await;
    assert!(report.commits() > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_soak_loses_nothing_and_leaves_nothing() {
    let Ok(minutes) = env::var("WASMYSQL_SOAK_MINUTES") else {
        return tell("the long soak is skipped; to run it: WASMYSQL_SOAK_MINUTES=10 cargo xtask test soak");
    };
    let seed = match env::var("WASMYSQL_SOAK_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs(),
    };
    let length = Duration::from_secs(60 * minutes.parse::<u64>().unwrap());
    tell(&format!("soaking for {length:?}, WASMYSQL_SOAK_SEED={seed}"));
    let report = soak(Plan { guests: GUESTS, length, seed }).await;
    tell(&report.to_string());
    report.memory_is_flat();
}

/// Past the test harness, which shows what tests print only when they fail.
fn tell(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn soak(plan: Plan) -> Report {
    let mut random = Random(plan.seed);
    let mut trial = Trial::with(&["--max-connections=100"]).await;
    Ledger::prepare(&mut trial).await;
    let [main, other] = POOLS.map(|connections| trial.database_of(connections));

    let end = Instant::now() + plan.length;
    let load = Load::start([&main, &other], plan.guests, end, &mut random);
    let mut trouble = Trouble::new(plan.length);
    while Instant::now() < end {
        load.sample_memory();
        trouble.make(&mut trial, &mut random).await;
    }
    let (report, ledger) = load.ended().await;
    trouble.is_over(&mut trial).await;
    until("all is given back", Duration::from_secs(3), async || main.status().in_use + other.status().in_use == 0)
        .await;

    let found = ledger.compare(&mut trial).await;
    let report = report.with(&trouble, found);
    assert!(report.failures.is_empty(), "{:#?}\n{report}", report.failures);
    assert_eq!(found, Found::NOTHING, "{report}");
    // The conditions of every fault, for a pool that is left.
    other.shutdown(Duration::from_secs(1)).await;
    trial.is_over(main).await;
    report
}
