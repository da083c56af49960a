//! Runs a constant number of concurrent guests. Each ends normally, by a trap, or by being dropped.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use wasmysql_host::{Database, Grant, Statements};
use wasmysql_test_artifacts::{SOAK_ABANDONS, SOAK_DROPS_ROWS, SOAK_OVERLAPS, SOAK_WORKS_AT_RANDOM};
use wasmysql_tests::{Api, guest, resident_bytes};

use crate::ledger::Ledger;
use crate::random::Random;
use crate::report::{Choice, Report};

/// The size of the range of transaction numbers reserved for each guest.
const NUMBERS: u64 = 100;
/// The longest duration of a guest. Everything that a guest waits for has a deadline.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Collected {
    report: Report,
    ledger: Ledger,
}

pub(crate) struct Load {
    guests: JoinSet<()>,
    collected: Arc<Mutex<Collected>>,
}

impl Load {
    /// Starts `guests` guests. Each guest that ends before `end` is replaced by another.
    pub(crate) fn start(databases: [&Database; 2], guests: usize, end: Instant, random: &mut Random) -> Self {
        let collected = Arc::new(Mutex::new(Collected::default()));
        let numbers = Arc::new(AtomicU64::new(1));
        let mut set = JoinSet::new();
        for _ in 0..guests {
            let (collected, numbers) = (Arc::clone(&collected), Arc::clone(&numbers));
            let databases = databases.map(Database::clone);
            let mut random = random.split();
            set.spawn(async move {
                while Instant::now() < end {
                    let first = numbers.fetch_add(NUMBERS, Ordering::Relaxed);
                    run_guest(&databases, first, &mut random, &collected).await;
                }
            });
        }
        Self { guests: set, collected }
    }

    pub(crate) fn sample_memory(&self) {
        lock(&self.collected).report.memory.push(resident_bytes());
    }

    /// Waits for the last guests.
    pub(crate) async fn ended(self) -> (Report, Ledger) {
        self.guests.join_all().await;
        let Collected { mut report, ledger } = std::mem::take(&mut *lock(&self.collected));
        report.counts = ledger.counts();
        (report, ledger)
    }
}

/// Runs a random guest to a randomly chosen end, and records its output.
async fn run_guest(databases: &[Database; 2], first: u64, random: &mut Random, collected: &Mutex<Collected>) {
    let (kind, steps) = (random.below(20), 1 + random.below(12));
    let api = Api::BOTH[usize::from(random.below(2) == 0)];
    let (choice, polls, patience) = match random.below(10) {
        0..=3 => (Choice::Ends, usize::MAX, PATIENCE),
        4 | 5 => (Choice::Dropped, 1 + usize::try_from(random.below(300)).unwrap(), PATIENCE),
        6 | 7 => (Choice::Dropped, usize::MAX, Duration::from_millis(random.below(1500))),
        _ => (Choice::Traps, usize::MAX, PATIENCE),
    };
    let trap = if choice == Choice::Traps { random.below(steps) } else { steps };
    let arguments = [random.below(u64::MAX), first, steps, trap].map(|number| number.to_string());
    let program = match kind {
        0 => guest(SOAK_ABANDONS),
        1 | 2 => guest(SOAK_OVERLAPS),
        3..=6 => guest(SOAK_DROPS_ROWS).api(api).args(arguments),
        _ => guest(SOAK_WORKS_AT_RANDOM).api(api).args(arguments),
    };
    let grant = || Grant::new(Statements::Dml);
    let program = program.database("main", &databases[0], grant()).database("other", &databases[1], grant());
    let outcome = program.polls(polls).start().ended_within(patience).await;

    let mut collected = lock(collected);
    let Collected { report, ledger } = &mut *collected;
    for line in outcome.stdout.lines() {
        if !ledger.record(line) {
            report.record(line);
        }
    }
    report.ended(choice, &outcome);
}

fn lock(collected: &Mutex<Collected>) -> std::sync::MutexGuard<'_, Collected> {
    collected.lock().unwrap_or_else(PoisonError::into_inner)
}
