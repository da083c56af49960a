//! Abort storms: P3. Many guests run at once, and half of them are dropped at a random moment.
//!
//! `WASMYSQL_STORM_ROUNDS` sets the number of rounds.

use std::time::{Duration, Instant};

use wasmysql_tests::{Api, End, Logs, Trial, series, until};

use crate::programs;

const ROUNDS: u32 = 2000;
/// The longest time that a round may take.
const ROUND_LIMIT: Duration = Duration::from_secs(3);

/// A linear congruential generator: pseudo-random numbers, the same sequence in each run.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

async fn storm(connections: usize) {
    let rounds = match std::env::var("WASMYSQL_STORM_ROUNDS") {
        Ok(rounds) => rounds.parse().unwrap(),
        Err(_) => ROUNDS,
    };
    let logs = Logs::listen();
    let trial = Trial::new().await;
    let database = trial.database_of(connections);
    let mut moments = Moments(connections as u64);
    let numbers = format!("SELECT seq FROM {} AS series", series(5000));
    let (start, mut slowest) = (Instant::now(), Duration::ZERO);
    for round in 0..rounds {
        // No statement sleeps: if a KILL arrives as one SLEEP wakes up, MariaDB delays all sleeping
        // sessions by two seconds.
        let statement = match moments.next(3) {
            0 => "SELECT 1",
            1 => "DO BENCHMARK(50000, 1 + 1)",
            _ => numbers.as_str(),
        };
        let began = Instant::now();
        let guests: Vec<_> = (0..4 * connections)
            .map(|number| {
                let guest = trial.guest(&database, programs::RUNS_EACH_STATEMENT).api(Api::BOTH[number % 2]);
                guest.args([statement]).start()
            })
            .collect();
        let moment = Duration::from_micros(moments.next(2000));
        tokio::time::sleep(moment).await;
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for (number, guest) in guests.into_iter().enumerate() {
            if number % 2 == 0 { kept.push(guest) } else { dropped.push(guest) }
        }
        drop(dropped);
        for guest in kept {
            let outcome = guest.ended().await;
            assert_eq!(outcome.end, End::Success, "round {round}: {}", outcome.stderr);
            assert!(outcome.stdout.starts_with("done"), "round {round}: {}", outcome.stdout);
        }
        slowest = slowest.max(began.elapsed());
        assert!(slowest < ROUND_LIMIT, "round {round} took {slowest:?}");
    }
    println!("{rounds} rounds, pool of {connections}: {:?}, the slowest {slowest:?}", start.elapsed());
    let late = logs.lines(&["took too long"]);
    assert!(late.is_empty(), "{late:#?}");
    until("all connections are released", ROUND_LIMIT, async || database.status().in_use == 0).await;
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_abort_storm_over_one_connection_starves_no_guest() {
    storm(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_abort_storm_over_two_connections_starves_no_guest() {
    storm(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_abort_storm_over_four_connections_starves_no_guest() {
    storm(4).await;
}
