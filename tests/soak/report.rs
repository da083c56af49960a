//! What was done, and how it went.

use std::collections::BTreeMap;
use std::fmt;

use wasmysql_tests::{End, Outcome};

use crate::ledger::Found;
use crate::trouble::Trouble;

/// By how much more the process may hold in its last quarter than in its second.
const GROWTH: u64 = 32 << 20;
/// Of guests that did what they must not.
const FAILURES: usize = 10;

/// Errors of a world in which sessions are killed and servers crash. Any other is a failure.
const EXPECTED: [&str; 22] = [
    "ConnectionLost",
    "ResourceClosed",
    "Unreachable",
    // A server that has just started has not been told of the account's rights.
    "AuthFailed",
    "Server(1044)",
    "CommitUnknown",
    "LimitExceeded(Limit::Connections)",
    "LimitExceeded(Limit::PreparedTransactions)",
    "LimitExceeded(Limit::TransactionDepth)",
    "Timeout(Step::Acquire)",
    "Timeout(Step::Connect)",
    "Timeout(Step::Execute)",
    "Timeout(Step::Fetch)",
    "Timeout(Step::Commit)",
    "TransactionAborted(AbortReason::ConnectionLost)",
    "TransactionAborted(AbortReason::Timeout)",
    "TransactionAborted(AbortReason::Deadlock)",
    // Shut down; a lock wait; a deadlock; a killed statement; a killed session.
    "Server(1053)",
    "Server(1205)",
    "Server(1213)",
    "Server(1317)",
    "Server(1927)",
];

/// What is to become of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Choice {
    Ends,
    Traps,
    Dropped,
}

#[derive(Default)]
pub(crate) struct Report {
    /// Guests by what was chosen for them, and whether they came so far.
    ends: BTreeMap<(Choice, bool), u64>,
    steps: u64,
    errors: BTreeMap<String, u64>,
    /// What must not happen.
    pub(crate) failures: Vec<String>,
    /// Of transactions that guests were told of: committed, unknown, failed.
    pub(crate) counts: [usize; 3],
    /// Samples, in order.
    pub(crate) memory: Vec<u64>,
    trouble: String,
    found: Option<Found>,
}

impl Report {
    /// Takes down a line of a guest.
    pub(crate) fn hear(&mut self, line: &str) {
        if let Some(error) = line.strip_prefix("error ") {
            self.steps += 1;
            *self.errors.entry(error.to_owned()).or_default() += 1;
            if !EXPECTED.contains(&error) {
                self.fail(format!("an error that is not expected: {error}"));
            }
        } else if line == "done" {
            self.steps += 1;
        } else if line != "trapping" {
            self.fail(format!("a line that is not expected: {line}"));
        }
    }

    pub(crate) fn ended(&mut self, choice: Choice, outcome: &Outcome) {
        let trapped = matches!(&outcome.end, End::Trap(_)) && outcome.stdout.ends_with("trapping\n");
        let came_so_far = match choice {
            Choice::Ends => outcome.end == End::Success,
            Choice::Traps => trapped,
            Choice::Dropped => outcome.end == End::Cancelled,
        };
        *self.ends.entry((choice, came_so_far)).or_default() += 1;
        // Who was to trap or to be dropped may have ended before.
        if !came_so_far && (choice == Choice::Ends || outcome.end != End::Success) {
            self.fail(format!("{choice:?}: {:?}\n{}{}", outcome.end, outcome.stdout, outcome.stderr));
        }
    }

    fn fail(&mut self, failure: String) {
        if self.failures.len() < FAILURES {
            self.failures.push(failure);
        }
    }

    pub(crate) fn with(self, trouble: &Trouble, found: Found) -> Self {
        let Trouble { statements, killed_sessions, killed_statements, freezes, crashes, .. } = trouble;
        let trouble = format!(
            "{statements} statements; {killed_sessions} sessions and {killed_statements} statements killed, \
             {freezes} freezes, {crashes} crashes of the server"
        );
        Self { trouble, found: Some(found), ..self }
    }

    pub(crate) fn commits(&self) -> usize {
        self.counts[0]
    }

    /// The median of each quarter.
    fn quarters(&self) -> Vec<u64> {
        let length = self.memory.len().div_ceil(4).max(1);
        let median = |samples: &[u64]| {
            let mut samples = samples.to_vec();
            samples.sort_unstable();
            samples[samples.len() / 2]
        };
        self.memory.chunks(length).map(median).collect()
    }

    pub(crate) fn memory_is_flat(&self) {
        let quarters = self.quarters();
        assert!(quarters.len() == 4 && quarters[3] <= quarters[1] + GROWTH, "it grows: {quarters:?}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guests: u64 = self.ends.values().sum();
        let ended = |choice| self.ends.get(&(choice, true)).copied().unwrap_or_default();
        let [traps, drops] = [Choice::Traps, Choice::Dropped].map(ended);
        let [committed, unknown, failed] = self.counts;
        let mebibytes: Vec<_> = self.quarters().iter().map(|bytes| bytes >> 20).collect();
        let [first, last] = [self.memory.first(), self.memory.last()].map(|bytes| bytes.map(|bytes| bytes >> 20));
        writeln!(f, "{guests} guests, {traps} trapped, {drops} dropped; {} steps", self.steps)?;
        writeln!(f, "{}", self.trouble)?;
        writeln!(f, "{committed} transactions committed, {unknown} unknown, {failed} failed or rolled back")?;
        if let Some(Found { lost, risen, torn, cents }) = self.found {
            writeln!(f, "of them {lost} lost, {risen} there that failed, {torn} there in part; {cents} cents astray")?;
        }
        writeln!(f, "errors: {:?}", self.errors)?;
        write!(f, "resident MiB: from {first:?} to {last:?}, by quarters {mebibytes:?}")
    }
}
