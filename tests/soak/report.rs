//! The report of a soak: guests, steps, errors, disruptions and memory.

use std::collections::BTreeMap;
use std::fmt;

use wasmysql_tests::{End, Outcome};

use crate::disruptions::Disruptions;
use crate::ledger::Differences;

/// Bytes by which resident memory may grow from the second to the last quarter of the soak.
const GROWTH: u64 = 32 << 20;
/// The number of failures that are kept for the report.
const FAILURES: usize = 10;

/// Errors that killed sessions and server crashes explain. Any other error is a failure.
const EXPECTED: [&str; 22] = [
    "ConnectionLost",
    "ResourceClosed",
    "Unreachable",
    // A server that has just restarted lacks the account or its privileges for a moment.
    "AuthFailed",
    "Server(1044)",
    "CommitUnknown",
    "LimitExceeded(Connections)",
    "LimitExceeded(PreparedTransactions)",
    "LimitExceeded(TransactionDepth)",
    "Timeout(Acquire)",
    "Timeout(Connect)",
    "Timeout(Execute)",
    "Timeout(Fetch)",
    "Timeout(Commit)",
    "TransactionAborted(ConnectionLost)",
    "TransactionAborted(Timeout)",
    "TransactionAborted(Deadlock)",
    // In order: shutdown, lock wait timeout, deadlock, killed statement, killed session.
    "Server(1053)",
    "Server(1205)",
    "Server(1213)",
    "Server(1317)",
    "Server(1927)",
];

/// The planned end of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Choice {
    Ends,
    Traps,
    Dropped,
}

#[derive(Default)]
pub(crate) struct Report {
    /// The number of guests by planned end, and whether they reached it.
    ends: BTreeMap<(Choice, bool), u64>,
    steps: u64,
    errors: BTreeMap<String, u64>,
    /// Unexpected errors, lines and ends. The soak fails if there are any.
    pub(crate) failures: Vec<String>,
    /// The numbers of transactions reported as committed, unknown and failed.
    pub(crate) counts: [usize; 3],
    /// Samples of resident memory in bytes, in order.
    pub(crate) memory: Vec<u64>,
    disruptions: String,
    differences: Option<Differences>,
}

impl Report {
    /// Records a line of a guest's output.
    pub(crate) fn record(&mut self, line: &str) {
        if let Some(error) = line.strip_prefix("error ") {
            self.steps += 1;
            *self.errors.entry(error.to_owned()).or_default() += 1;
            if !EXPECTED.contains(&error) {
                self.fail(format!("unexpected error: {error}"));
            }
        } else if line == "done" {
            self.steps += 1;
        } else if line != "trapping" {
            self.fail(format!("unexpected line: {line}"));
        }
    }

    pub(crate) fn ended(&mut self, choice: Choice, outcome: &Outcome) {
        let trapped = matches!(&outcome.end, End::Trap(_)) && outcome.stdout.ends_with("trapping\n");
        let as_planned = match choice {
            Choice::Ends => outcome.end == End::Success,
            Choice::Traps => trapped,
            Choice::Dropped => outcome.end == End::Cancelled,
        };
        *self.ends.entry((choice, as_planned)).or_default() += 1;
        // A guest that should trap or be dropped may succeed before that.
        if !as_planned && (choice == Choice::Ends || outcome.end != End::Success) {
            self.fail(format!("{choice:?}: {:?}\n{}{}", outcome.end, outcome.stdout, outcome.stderr));
        }
    }

    fn fail(&mut self, failure: String) {
        if self.failures.len() < FAILURES {
            self.failures.push(failure);
        }
    }

    pub(crate) fn with(self, disruptions: &Disruptions, differences: Differences) -> Self {
        let Disruptions { statements, killed_sessions, killed_statements, freezes, crashes, .. } = disruptions;
        let disruptions = format!(
            "{statements} statements; {killed_sessions} sessions and {killed_statements} statements killed, \
             {freezes} freezes, {crashes} crashes of the server"
        );
        Self { disruptions, differences: Some(differences), ..self }
    }

    pub(crate) fn commits(&self) -> usize {
        self.counts[0]
    }

    /// Returns the median of the memory samples in each quarter of the soak.
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
        assert!(quarters.len() == 4 && quarters[3] <= quarters[1] + GROWTH, "resident memory grows: {quarters:?}");
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
        writeln!(f, "{}", self.disruptions)?;
        writeln!(f, "{committed} transactions committed, {unknown} unknown, {failed} failed or rolled back")?;
        if let Some(Differences { lost, unexpected, partial, cents }) = self.differences {
            writeln!(
                f,
                "of these, {lost} committed but missing, {unexpected} failed but present, {partial} present in part; \
                 balances differ by {cents} cents"
            )?;
        }
        writeln!(f, "errors: {:?}", self.errors)?;
        write!(f, "resident MiB: from {first:?} to {last:?}, by quarters {mebibytes:?}")
    }
}
