//! Which of a database's servers to connect to: those that failed are left alone for a while, and what each said of itself is
//! remembered.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::{Address, ServerOrder};
use super::options::DatabaseOptions;
use super::server_health::{Purpose, ServerHealth};

/// How long a server is passed over that has failed once; it doubles with each failure that follows. About what a restart takes.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// One borrower a minute finds out whether a server that is gone is back, and may wait for it as long as connecting may take.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// An attempt that its borrower gave up counts as a failure if the server had this long to answer.
const PROMPT: Duration = Duration::from_millis(500);

/// The servers of one database, as its pools have found them.
#[derive(Debug)]
pub(super) struct ServerSelection {
    servers: Vec<Server>,
    order: ServerOrder,
}

#[derive(Debug)]
struct Server {
    address: Address,
    record: Mutex<Record>,
}

/// What is known of a server.
#[derive(Debug, Default)]
struct Record {
    failed: Option<Failed>,
    standing: Option<ServerHealth>,
    /// A session that was seen before this has not answered. Those that were not seen since are likely to be cut off with it.
    silent_since: Option<Instant>,
    /// It has refused a statement as a server does that takes no changes.
    doubted_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    until: Instant,
    pause: Duration,
}

/// A server that may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) server: usize,
    /// The lower, the better. Equal ones are as good as each other.
    rank: usize,
    /// It has failed lately.
    pub(super) shunned: bool,
}

/// An attempt at a server. Dropped without a word, it counts as a failure where it took long.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    record: &'a Mutex<Record>,
    began: Instant,
    ended: bool,
}

impl ServerSelection {
    pub(super) fn new(options: &DatabaseOptions) -> ServerSelection {
        let server = |address: &Address| Server { address: address.clone(), record: Mutex::default() };
        ServerSelection { servers: options.servers.iter().map(server).collect(), order: options.server_order }
    }

    pub(super) fn address(&self, server: usize) -> &Address {
        &self.servers[server].address
    }

    /// All servers, the likeliest first. Those that failed lately come last: without any other, they are tried all the same.
    pub(super) fn candidates(&self, purpose: Purpose) -> Vec<Candidate> {
        let mut candidates: Vec<_> = (0..self.servers.len()).map(|server| self.candidate(server, purpose)).collect();
        if self.order == ServerOrder::Random {
            shuffle(&mut candidates);
        }
        candidates.sort_by_key(|candidate| (candidate.shunned, candidate.rank));
        candidates
    }

    /// A server that was just asked how it stands, if it can be used.
    pub(super) fn found(&self, server: usize, purpose: Purpose) -> Option<Candidate> {
        let standing = self.servers[server].record().standing;
        standing.is_some_and(|standing| standing.is_fit_for(purpose)).then(|| self.candidate(server, purpose))
    }

    fn candidate(&self, server: usize, purpose: Purpose) -> Candidate {
        let record = self.servers[server].record();
        let place = if self.order == ServerOrder::Listed { server } else { 0 };
        // What is not known may be what is wanted.
        let rank = match record.standing {
            Some(standing) if !standing.is_wanted_for(purpose) => self.servers.len() + place,
            _ => place,
        };
        Candidate { server, rank, shunned: record.failed.is_some_and(|failed| Instant::now() < failed.until) }
    }

    pub(super) fn attempt(&self, server: usize) -> Attempt<'_> {
        Attempt { record: &self.servers[server].record, began: Instant::now(), ended: false }
    }

    /// What a server said of itself.
    pub(super) fn stands(&self, server: usize, standing: ServerHealth) {
        self.servers[server].record().standing = Some(standing);
    }

    /// A session of this server did not answer.
    pub(super) fn is_silent(&self, server: usize) {
        let mut record = self.servers[server].record();
        record.silent_since = Some(Instant::now());
        record.fail();
    }

    /// Whether the server was silent to another session since.
    pub(super) fn was_silent_since(&self, server: usize, seen: Instant) -> bool {
        self.servers[server].record().silent_since.is_some_and(|silent| seen <= silent)
    }

    /// A statement was refused as by a server that takes no changes.
    pub(super) fn suspect(&self, server: usize) {
        self.servers[server].record().doubted_since = Some(Instant::now());
    }

    /// Whether there is reason to ask the server how it stands, since it was asked last.
    pub(super) fn is_doubted_since(&self, server: usize, asked: Instant) -> bool {
        self.servers[server].record().doubted_since.is_some_and(|doubted| asked <= doubted)
    }
}

impl Candidate {
    /// Whether this one would have been better than the other.
    pub(super) fn is_better_than(self, other: Candidate) -> bool {
        self.rank < other.rank
    }
}

impl ServerHealth {
    /// Whether there is no better.
    pub(super) fn is_wanted_for(self, purpose: Purpose) -> bool {
        self.ready && self.read_only == (purpose == Purpose::Reading)
    }
}

impl Attempt<'_> {
    pub(super) fn succeeded(mut self) {
        self.ended = true;
        lock(self.record).failed = None;
    }

    pub(super) fn failed(mut self) {
        self.ended = true;
        lock(self.record).fail();
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.ended && self.began.elapsed() > PROMPT {
            lock(self.record).fail();
        }
    }
}

impl Server {
    fn record(&self) -> MutexGuard<'_, Record> {
        lock(&self.record)
    }
}

impl Record {
    fn fail(&mut self) {
        let now = Instant::now();
        let pause = match self.failed {
            None => FIRST_PAUSE,
            // Of those that fail together, the first counts.
            Some(failed) if now < failed.until => return,
            Some(failed) => (failed.pause * 2).min(LONGEST_PAUSE),
        };
        self.failed = Some(Failed { until: now + pause, pause });
    }
}

fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fisher and Yates. Where the machine has no random numbers, the order stays.
fn shuffle<T>(items: &mut [T]) {
    for end in (1..items.len()).rev() {
        let random = getrandom::u64().unwrap_or(end as u64) % (end as u64 + 1);
        items.swap(end, usize::try_from(random).unwrap_or(end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIMARY: ServerHealth = ServerHealth { read_only: false, ready: true };
    const REPLICA: ServerHealth = ServerHealth { read_only: true, ready: true };
    const NOT_READY: ServerHealth = ServerHealth { read_only: false, ready: false };

    fn choice(order: ServerOrder) -> ServerSelection {
        let options = DatabaseOptions::tcp("a", 1).server("b", 2).server("c", 3).server_order(order);
        ServerSelection::new(&options)
    }

    fn order(choice: &ServerSelection, purpose: Purpose) -> Vec<usize> {
        choice.candidates(purpose).into_iter().map(|candidate| candidate.server).collect()
    }

    #[test]
    fn servers_are_tried_as_they_are_listed_and_the_unfit_last() {
        let choice = choice(ServerOrder::Listed);
        assert_eq!(order(&choice, Purpose::Writing), [0, 1, 2]);
        choice.stands(0, REPLICA);
        choice.stands(1, PRIMARY);
        assert_eq!(order(&choice, Purpose::Writing), [1, 2, 0], "what the third is nobody knows");
        assert_eq!(order(&choice, Purpose::Reading), [0, 2, 1]);
        choice.stands(1, NOT_READY);
        assert_eq!(order(&choice, Purpose::Writing), [2, 0, 1]);
        assert_eq!(choice.found(1, Purpose::Writing), None);
        assert_eq!(choice.found(0, Purpose::Writing), None);
        assert!(choice.found(0, Purpose::Reading).is_some());
    }

    #[test]
    fn a_server_that_failed_comes_last_until_it_is_used_again() {
        let choice = choice(ServerOrder::Listed);
        choice.attempt(0).failed();
        assert_eq!(order(&choice, Purpose::Writing), [1, 2, 0]);
        let all = choice.candidates(Purpose::Writing);
        assert!(all[2].shunned && all[2].is_better_than(all[0]), "who is at the second would rather be at the first");
        choice.attempt(0).succeeded();
        assert_eq!(order(&choice, Purpose::Writing), [0, 1, 2]);
        drop(choice.attempt(0));
        assert_eq!(order(&choice, Purpose::Writing), [0, 1, 2], "who gave up at once says nothing of the server");
        choice.is_silent(1);
        assert_eq!(order(&choice, Purpose::Writing), [0, 2, 1]);
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_failures_at_once_are_one() {
        let mut record = Record::default();
        record.fail();
        record.fail();
        assert_eq!(record.failed.map(|failed| failed.pause), Some(FIRST_PAUSE));
        for expected in [2, 4, 8, 16, 32, 60, 60] {
            if let Some(failed) = &mut record.failed {
                failed.until = Instant::now();
            }
            record.fail();
            assert_eq!(record.failed.map(|failed| failed.pause), Some(Duration::from_secs(expected)));
        }
    }

    #[test]
    fn at_random_each_is_the_first_now_and_then_and_the_unfit_never() {
        let choice = choice(ServerOrder::Random);
        choice.stands(2, REPLICA);
        let firsts: Vec<_> = (0..100).map(|_| order(&choice, Purpose::Writing)[0]).collect();
        assert!(firsts.contains(&0) && firsts.contains(&1) && !firsts.contains(&2), "{firsts:?}");
        let candidates = choice.candidates(Purpose::Writing);
        assert!(!candidates[0].is_better_than(candidates[1]), "they are as good as each other");
    }
}
