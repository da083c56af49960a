//! How the pool makes a session, and what it checks before lending one again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{Metrics, RecycleError, RecycleResult};

use super::connect_backoff::ConnectBackoff;
use crate::driver::{Connector, Session};
use crate::telemetry::{ConnectionMeter, Discarded, PoolMeters};
use crate::types::{Error, Result};

/// A session used this recently is lent without asking the server: a ping costs as much as a point query.
const TRUSTED_FOR: Duration = Duration::from_millis(500);
/// A health check that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a session is used that had to be made at another server than the best: the others of its kind return with it.
const FALLBACK_LIFETIME: Duration = Duration::from_secs(60);

/// A session in the pool.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(super) session: Session,
    pub(super) tally: ConnectionMeter,
    /// When it was last known to be alive.
    pub(super) seen: Instant,
    /// When its server last said how it stands, where there are others.
    asked: Instant,
    pub(super) expires: Instant,
}

#[derive(Debug)]
pub(crate) struct Manager {
    connector: Arc<Connector>,
    connect_backoff: ConnectBackoff,
    made: AtomicU64,
    meters: Arc<PoolMeters>,
}

impl Manager {
    pub(super) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Manager {
        Manager { connector, connect_backoff: ConnectBackoff::default(), made: AtomicU64::new(0), meters }
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.connect_backoff.last_error()
    }

    /// A new session, which takes its turn where the server is in trouble.
    pub(super) async fn connect(&self) -> Result<Pooled> {
        let session = self.connect_backoff.attempt(async || self.connect_now().await).await?;
        tracing::debug!(session = session.id().number, "connected");
        let now = Instant::now();
        let longest = self.connector.options.max_lifetime;
        let lifetime = if session.is_fallback() { longest.min(FALLBACK_LIFETIME) } else { longest };
        let lifetime = varied(lifetime, self.made.fetch_add(1, Ordering::Relaxed));
        // Beyond what a clock can tell there is no end.
        let expires = now.checked_add(lifetime).unwrap_or(now + Duration::from_secs(365 * 24 * 60 * 60));
        let tally = ConnectionMeter::new(Arc::clone(&self.meters));
        Ok(Pooled { session, tally, seen: now, asked: now, expires })
    }

    pub(super) fn reset_timeout(&self) -> Duration {
        self.connector.options.reset_timeout
    }

    /// Says that a session's server has refused a statement as one does that takes no changes.
    /// False where there is no other server.
    pub(super) fn suspect(&self, session: &Session) -> bool {
        self.connector.suspect(session);
        self.connector.has_alternatives()
    }

    async fn connect_now(&self) -> Result<Session> {
        let began = Instant::now();
        // Rare, and large: every call that may have to connect would carry it.
        let connected = Box::pin(self.connector.connect()).await;
        match &connected {
            Ok(_) => self.meters.connected(began.elapsed()),
            Err(error) => self.meters.not_connected(error),
        }
        connected
    }

    /// Asks the server of a session, which says by the way that it is alive, how it stands; or, where there is no other, just for a
    /// sign of life.
    async fn ask(&self, pooled: &mut Pooled) -> RecycleResult<Error> {
        if !self.connector.has_alternatives() {
            pooled.session.ping().await?;
        } else if !self.connector.is_fit(&mut pooled.session).await? {
            pooled.tally.discard(Discarded::Unfit);
            return Err(RecycleError::message("its server can't be used for this any more"));
        }
        (pooled.seen, pooled.asked) = (Instant::now(), Instant::now());
        Ok(())
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
        // It is likely to be cut off too, and is not asked: each would take its time.
        if self.connector.was_silent_since(&pooled.session, pooled.seen) {
            return Err(RecycleError::message("the server was silent to another since"));
        }
        let is_trusted = pooled.seen.elapsed() <= TRUSTED_FOR
            && self.connector.is_trusted(&pooled.session, pooled.asked, TRUSTED_FOR);
        if !is_trusted {
            tokio::time::timeout(PING_TIMEOUT, Box::pin(self.ask(pooled))).await.unwrap_or_else(|_| {
                self.connector.is_silent(&pooled.session);
                Err(RecycleError::message("it does not answer"))
            })?;
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
