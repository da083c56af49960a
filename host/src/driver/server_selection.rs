//! Server selection: the order in which the servers of a database are tried. A failed server is
//! skipped during a backoff, and the health of each server is cached. A replica that lags too far
//! behind counts as failed for readers.

use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::address::{Address, ServerOrder};
use super::backoff::Backoff;
use super::options::DatabaseOptions;
use super::replica_lag::ReplicaLag;
use super::server_health::{Purpose, ServerHealth};
use crate::telemetry::ServerMeters;

/// The backoff of a server. It begins with about the duration of a restart. At the end at most one
/// call per minute waits for the connect timeout to test whether the server is back.
const BACKOFF: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) };
/// A cancelled attempt counts as a failure if the server had at least this time to answer.
const CANCELLED_AFTER: Duration = Duration::from_millis(500);

/// The servers of one database with their health and backoff. The pools of the database share it.
#[derive(Debug)]
pub(super) struct ServerSelection {
    servers: Vec<Server>,
    order: ServerOrder,
    meters: ServerMeters,
}

#[derive(Debug)]
struct Server {
    address: Address,
    record: Mutex<Record>,
}

/// The known state of a server.
#[derive(Debug, Default)]
struct Record {
    failed: Option<Failed>,
    health: Option<ServerHealth>,
    /// The last lag that the server reported, and when.
    lag: Option<(Duration, Instant)>,
    /// When a session last failed to answer. Sessions that have not answered since are probably
    /// broken too.
    silent_since: Option<Instant>,
    /// When a statement was last refused like on a read-only server, or a replica was found to lag.
    suspected_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    until: Instant,
    backoff: Duration,
}

/// A server that can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) server: usize,
    /// Lower is better. Candidates with equal ranks are equally good.
    rank: usize,
    /// The server is in its backoff.
    pub(super) failed_recently: bool,
}

/// An attempt to connect to a server. If it is dropped without a result after a long wait, it
/// counts as a failure.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    record: &'a Mutex<Record>,
    began: Instant,
    ended: bool,
}

impl ServerSelection {
    pub(super) fn new(options: &DatabaseOptions) -> Self {
        let server = |address: &Address| Server { address: address.clone(), record: Mutex::default() };
        Self {
            servers: options.servers.iter().map(server).collect(),
            order: options.server_order,
            meters: ServerMeters::new(options.name_or_schema().into()),
        }
    }

    pub(super) fn address(&self, server: usize) -> &Address {
        &self.servers[server].address
    }

    /// Returns all servers, the best first. Servers in their backoff come last, so they are tried
    /// only if no other server is usable.
    pub(super) fn candidates(&self, purpose: Purpose) -> Vec<Candidate> {
        let mut candidates: Vec<_> = (0..self.servers.len()).map(|server| self.candidate(server, purpose)).collect();
        if self.order == ServerOrder::Random {
            shuffle(&mut candidates);
        }
        candidates.sort_by_key(|candidate| (candidate.failed_recently, candidate.rank));
        candidates
    }

    /// Returns the candidate of a server whose health was just recorded, if the server is fit for
    /// the purpose.
    pub(super) fn refreshed(&self, server: usize, purpose: Purpose) -> Option<Candidate> {
        let health = self.servers[server].record().health;
        health.is_some_and(|health| health.is_fit_for(purpose)).then(|| self.candidate(server, purpose))
    }

    pub(super) fn candidate(&self, server: usize, purpose: Purpose) -> Candidate {
        let record = self.servers[server].record();
        let position = if self.order == ServerOrder::Listed { server } else { 0 };
        // A server of unknown health ranks with the preferred servers.
        let rank = match record.health {
            Some(health) if !health.is_preferred_for(purpose) => self.servers.len() + position,
            _ => position,
        };
        Candidate { server, rank, failed_recently: record.failed.is_some_and(|failed| Instant::now() < failed.until) }
    }

    pub(super) fn attempt(&self, server: usize) -> Attempt<'_> {
        Attempt { record: &self.servers[server].record, began: Instant::now(), ended: false }
    }

    /// Records the health of a server. Returns it with the upper bound of the lag, if replication
    /// does not run.
    pub(super) fn record_health(&self, server: usize, mut health: ServerHealth) -> ServerHealth {
        let mut record = self.servers[server].record();
        health.lag = match health.lag {
            Some(lag) => Some(record.bound(lag)),
            // The sessions that write don't query the lag.
            None => record.health.and_then(|health| health.lag),
        };
        record.health = Some(health);
        drop(record);
        if let Some(lag) = health.lag {
            self.meters.replica_lag(server, lag.as_seconds());
        }
        health
    }

    /// Reports that the replica lags too far behind for readers. Its other sessions are checked
    /// before they are acquired again.
    pub(super) fn report_lag(&self, server: usize) {
        self.servers[server].record().fail();
        self.suspect(server);
    }

    /// Reports that a session of this server did not answer.
    pub(super) fn report_silence(&self, server: usize) {
        let mut record = self.servers[server].record();
        record.silent_since = Some(Instant::now());
        record.fail();
    }

    /// Returns whether another session of this server did not answer after `seen`.
    pub(super) fn was_silent_since(&self, server: usize, seen: Instant) -> bool {
        self.servers[server].record().silent_since.is_some_and(|silent| seen <= silent)
    }

    /// Reports that this server refused a statement like a read-only server, or that it lags.
    pub(super) fn suspect(&self, server: usize) {
        self.servers[server].record().suspected_since = Some(Instant::now());
    }

    /// Returns whether the server was suspected after `checked`, its last health check.
    pub(super) fn is_suspected_since(&self, server: usize, checked: Instant) -> bool {
        self.servers[server].record().suspected_since.is_some_and(|suspected| checked <= suspected)
    }
}

impl Candidate {
    /// Returns whether this server is preferred to the other server.
    pub(super) fn is_better_than(self, other: Candidate) -> bool {
        self.rank < other.rank
    }
}

impl ServerHealth {
    /// Returns whether the server is ready and of the preferred kind: a primary for writing, a
    /// replica for reading.
    pub(super) fn is_preferred_for(self, purpose: Purpose) -> bool {
        self.ready && self.read_only == purpose.is_reading()
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
        if !self.ended && self.began.elapsed() > CANCELLED_AFTER {
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
    /// Records a reported lag. If replication does not run, the lag is at most the last reported
    /// lag plus the time since then.
    fn bound(&mut self, lag: ReplicaLag) -> ReplicaLag {
        match (lag, self.lag) {
            (ReplicaLag::Behind(lag), _) => self.lag = Some((lag, Instant::now())),
            (ReplicaLag::Stopped, Some((lag, at))) => return ReplicaLag::Behind(lag + at.elapsed()),
            (ReplicaLag::Stopped | ReplicaLag::Unknown, _) => {}
        }
        lag
    }

    fn fail(&mut self) {
        let now = Instant::now();
        // Failures during the backoff do not extend it, because they are part of the same outage.
        if self.failed.is_some_and(|failed| now < failed.until) {
            return;
        }
        let backoff = BACKOFF.after(self.failed.map(|failed| failed.backoff));
        self.failed = Some(Failed { until: now + backoff, backoff });
    }
}

fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock()
}

/// Shuffles with the algorithm of Fisher and Yates. Without a source of random numbers, the order
/// stays.
fn shuffle<T>(items: &mut [T]) {
    for end in (1..items.len()).rev() {
        let random = getrandom::u64().unwrap_or(end as u64) % (end as u64 + 1);
        items.swap(end, usize::try_from(random).unwrap_or(end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIMARY: ServerHealth = ServerHealth { read_only: false, ready: true, lag: None };
    const REPLICA: ServerHealth = ServerHealth { read_only: true, ready: true, lag: None };
    const NOT_READY: ServerHealth = ServerHealth { read_only: false, ready: false, lag: None };
    const READING: Purpose = Purpose::Reading { max_lag: None };

    fn selection(order: ServerOrder) -> ServerSelection {
        let options = DatabaseOptions::tcp("a", 1).server("b", 2).server("c", 3).server_order(order);
        ServerSelection::new(&options)
    }

    fn order(selection: &ServerSelection, purpose: Purpose) -> Vec<usize> {
        selection.candidates(purpose).into_iter().map(|candidate| candidate.server).collect()
    }

    #[test]
    fn servers_are_tried_in_list_order_and_unfit_servers_last() {
        let selection = selection(ServerOrder::Listed);
        assert_eq!(order(&selection, Purpose::Writing), [0, 1, 2]);
        selection.record_health(0, REPLICA);
        selection.record_health(1, PRIMARY);
        assert_eq!(order(&selection, Purpose::Writing), [1, 2, 0], "the health of the third server is unknown");
        assert_eq!(order(&selection, READING), [0, 2, 1]);
        selection.record_health(1, NOT_READY);
        assert_eq!(order(&selection, Purpose::Writing), [2, 0, 1]);
        assert_eq!(selection.refreshed(1, Purpose::Writing), None);
        assert_eq!(selection.refreshed(0, Purpose::Writing), None);
        assert!(selection.refreshed(0, READING).is_some());
    }

    #[test]
    fn failed_server_is_tried_last_until_it_succeeds() {
        let selection = selection(ServerOrder::Listed);
        selection.attempt(0).failed();
        assert_eq!(order(&selection, Purpose::Writing), [1, 2, 0]);
        let all = selection.candidates(Purpose::Writing);
        assert!(all[2].failed_recently && all[2].is_better_than(all[0]), "the failed server is still preferred");
        selection.attempt(0).succeeded();
        assert_eq!(order(&selection, Purpose::Writing), [0, 1, 2]);
        drop(selection.attempt(0));
        assert_eq!(
            order(&selection, Purpose::Writing),
            [0, 1, 2],
            "an attempt that is cancelled at once is not a failure"
        );
        selection.report_silence(1);
        assert_eq!(order(&selection, Purpose::Writing), [0, 2, 1]);
    }

    #[test]
    fn backoff_doubles_up_to_a_minute_and_counts_an_outage_once() {
        let mut record = Record::default();
        record.fail();
        record.fail();
        assert_eq!(record.failed.map(|failed| failed.backoff), Some(BACKOFF.first));
        for expected in [2, 4, 8, 16, 32, 60, 60] {
            if let Some(failed) = &mut record.failed {
                failed.until = Instant::now();
            }
            record.fail();
            assert_eq!(record.failed.map(|failed| failed.backoff), Some(Duration::from_secs(expected)));
        }
    }

    #[test]
    fn random_order_spreads_over_the_fit_servers() {
        let selection = selection(ServerOrder::Random);
        selection.record_health(2, REPLICA);
        let firsts: Vec<_> = (0..100).map(|_| order(&selection, Purpose::Writing)[0]).collect();
        assert!(firsts.contains(&0) && firsts.contains(&1) && !firsts.contains(&2), "{firsts:?}");
        let candidates = selection.candidates(Purpose::Writing);
        assert!(!candidates[0].is_better_than(candidates[1]), "both servers are equally good");
    }

    #[test]
    fn lag_is_known_or_bounded_or_too_large() {
        let second = Duration::from_secs(1);
        let reading = Purpose::Reading { max_lag: Some(second) };
        let selection = selection(ServerOrder::Listed);
        let record = |lag| selection.record_health(0, ServerHealth { lag: Some(lag), ..REPLICA });
        for lag in [ReplicaLag::Stopped, ReplicaLag::Unknown] {
            assert_eq!(record(lag).lag, Some(lag), "nothing is known about the lag");
            assert!(!record(lag).is_fit_for(reading) && record(lag).is_fit_for(READING));
        }
        assert!(record(ReplicaLag::Behind(second)).is_fit_for(reading));
        assert!(!record(ReplicaLag::Behind(second * 2)).is_fit_for(reading));

        record(ReplicaLag::Behind(Duration::ZERO));
        assert!(record(ReplicaLag::Stopped).is_fit_for(reading), "replication has stopped just now");
        selection.servers[0].record().lag = Some((Duration::ZERO, Instant::now() - second));
        assert!(!record(ReplicaLag::Stopped).is_fit_for(reading), "it has not run for a second");
        let written = selection.record_health(0, PRIMARY);
        assert!(matches!(written.lag, Some(ReplicaLag::Behind(lag)) if lag >= second), "{written:?}");
    }

    #[test]
    fn lagging_replica_is_tried_after_its_backoff() {
        let reading = Purpose::Reading { max_lag: Some(Duration::from_secs(1)) };
        let selection = selection(ServerOrder::Listed);
        let behind = |seconds| Some(ReplicaLag::Behind(Duration::from_secs(seconds)));
        selection.record_health(0, PRIMARY);
        selection.record_health(1, PRIMARY);
        selection.record_health(2, ServerHealth { lag: behind(2), ..REPLICA });
        assert_eq!(selection.refreshed(2, reading), None);
        selection.report_lag(2);
        assert_eq!(order(&selection, reading), [0, 1, 2]);
        let all = selection.candidates(reading);
        assert!(all[2].is_better_than(all[0]), "sessions return to the replica");
        if let Some(failed) = &mut selection.servers[2].record().failed {
            failed.until = Instant::now();
        }
        assert_eq!(order(&selection, reading), [2, 0, 1]);
    }
}
