//! How the pool makes a session, and what it checks before lending one again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Metrics, RecycleError, RecycleResult};

use super::trouble::Trouble;
use crate::driver::{Connector, Session};
use crate::telemetry::{Discarded, PoolMeters, Tally};
use crate::types::{Error, Result, Step};

/// A session used this recently is lent without asking the server: a ping costs as much as a point query.
const TRUSTED_FOR: Duration = Duration::from_millis(500);
/// A health check that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

/// A session in the pool.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(super) session: Session,
    pub(super) tally: Tally,
    /// When it was last known to be alive.
    pub(super) seen: Instant,
    pub(super) expires: Instant,
}

#[derive(Debug)]
pub(crate) struct Manager {
    connector: Arc<Connector>,
    trouble: Trouble,
    /// A session that was seen before this has not answered. Those that were not seen since are likely to be cut off with it, and are
    /// not asked: each would take its time.
    silent_since: Mutex<Option<Instant>>,
    made: AtomicU64,
    meters: Arc<PoolMeters>,
}

impl Manager {
    pub(super) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Manager {
        let (trouble, silent_since, made) = (Trouble::default(), Mutex::new(None), AtomicU64::new(0));
        Manager { connector, trouble, silent_since, made, meters }
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.trouble.last_error()
    }

    /// A new session, which takes its turn where the server is in trouble.
    pub(super) async fn connect(&self) -> Result<Pooled> {
        let session = self.trouble.attempt(async || self.connect_now().await).await?;
        tracing::debug!(session = session.id().number, "connected");
        let now = Instant::now();
        let lifetime = varied(self.connector.options.max_lifetime, self.made.fetch_add(1, Ordering::Relaxed));
        // Beyond what a clock can tell there is no end.
        let expires = now.checked_add(lifetime).unwrap_or(now + Duration::from_secs(365 * 24 * 60 * 60));
        Ok(Pooled { session, tally: Tally::new(Arc::clone(&self.meters)), seen: now, expires })
    }

    pub(super) fn reset_timeout(&self) -> Duration {
        self.connector.options.reset_timeout
    }

    async fn connect_now(&self) -> Result<Session> {
        let timeout = self.connector.options.connect_timeout;
        let began = Instant::now();
        let connected = tokio::time::timeout(timeout, self.connector.connect()).await.unwrap_or_else(|_| {
            Err(Error::timeout(
                Step::Connect,
                format!("the database server did not answer within {} ms", timeout.as_millis()),
            ))
        });
        match &connected {
            Ok(_) => self.meters.connected(began.elapsed()),
            Err(error) => self.meters.not_connected(error),
        }
        connected
    }

    fn silent_since(&self) -> Option<Instant> {
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl deadpool::managed::Manager for Manager {
    type Type = Pooled;
    type Error = Error;

    async fn create(&self) -> Result<Pooled> {
        self.connect().await
    }

    async fn recycle(&self, pooled: &mut Pooled, _: &Metrics) -> RecycleResult<Error> {
        pooled.tally.discard(Discarded::Lost);
        if pooled.session.is_closed() {
            return Err(RecycleError::message("its connection is closed"));
        }
        if pooled.expires <= Instant::now() {
            pooled.tally.discard(Discarded::Expired);
            return Err(RecycleError::message("it has served its time"));
        }
        if self.silent_since().is_some_and(|silent| pooled.seen <= silent) {
            return Err(RecycleError::message("the server was silent to another since"));
        }
        if pooled.seen.elapsed() > TRUSTED_FOR {
            match tokio::time::timeout(PING_TIMEOUT, pooled.session.ping()).await {
                Ok(alive) => alive?,
                Err(_) => {
                    *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                    return Err(RecycleError::message("it does not answer"));
                }
            }
            pooled.seen = Instant::now();
        }
        pooled.tally.keep();
        Ok(())
    }
}

/// The lifetime less up to a tenth, so that sessions made together do not end together. Steps of the golden ratio keep any few that
/// follow each other apart, however many there are.
fn varied(lifetime: Duration, made: u64) -> Duration {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let thousandths = ((made.wrapping_mul(GOLDEN) >> 32) * 100) >> 32;
    lifetime - lifetime / 1000 * u32::try_from(thousandths).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_ten_connections_retire_in_the_same_second() {
        let lifetime = Duration::from_secs(30 * 60);
        for first in [0, 1, 7, 1000, u64::MAX - 20] {
            let mut lifetimes: Vec<_> = (first..first + 10).map(|made| varied(lifetime, made)).collect();
            lifetimes.sort();
            assert!(lifetimes.windows(2).all(|pair| pair[1] - pair[0] > Duration::from_secs(1)), "{lifetimes:?}");
            assert!(lifetimes.iter().all(|varied| *varied <= lifetime && *varied >= lifetime.mul_f64(0.9)));
        }
    }
}
