//! Opens the sessions of a pool, and checks an idle session before it is acquired again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{Metrics, RecycleError, RecycleResult};

use super::connect_backoff::ConnectBackoff;
use super::logins::Logins;
use crate::driver::{Connector, Session};
use crate::telemetry::{ConnectionMeter, Discarded, PoolMeters};
use crate::types::{Error, Result};

/// A session that answered within this time is acquired without a check, because a ping costs as
/// much as a point query.
const TRUSTED_FOR: Duration = Duration::from_millis(500);
/// If a check takes longer, the connection is broken.
const PING_TIMEOUT: Duration = Duration::from_millis(500);
/// The lifetime of a session to a fallback server. It is short, so that connections migrate back to
/// the preferred server.
const FALLBACK_LIFETIME: Duration = Duration::from_secs(60);

/// A session in the pool.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(super) session: Session,
    pub(super) meter: ConnectionMeter,
    /// When the server last answered.
    pub(super) seen: Instant,
    /// When the health of the server was last checked. Only used with several servers.
    checked: Instant,
    pub(super) expires: Instant,
}

#[derive(Debug)]
pub(crate) struct Manager {
    connector: Arc<Connector>,
    connect_backoff: ConnectBackoff,
    pub(super) logins: Logins,
    opened: AtomicU64,
    meters: Arc<PoolMeters>,
}

impl Manager {
    pub(super) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Self {
        let (connect_backoff, logins) = (ConnectBackoff::default(), Logins::default());
        Self { connector, connect_backoff, logins, opened: AtomicU64::new(0), meters }
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.connect_backoff.last_error()
    }

    /// Opens a session. During a backoff, only one call at a time tries to connect.
    pub(super) async fn connect(&self) -> Result<Pooled> {
        let session = self.connect_backoff.attempt(async || self.connect_now().await).await?;
        tracing::debug!(session = session.id().number, "connected");
        let now = Instant::now();
        let longest = self.connector.options.max_lifetime;
        let lifetime = if session.is_fallback() { longest.min(FALLBACK_LIFETIME) } else { longest };
        let lifetime = with_jitter(lifetime, self.opened.fetch_add(1, Ordering::Relaxed));
        // A lifetime that overflows the clock counts as a year.
        let expires = now.checked_add(lifetime).unwrap_or(now + Duration::from_secs(365 * 24 * 60 * 60));
        let meter = ConnectionMeter::new(Arc::clone(&self.meters));
        Ok(Pooled { session, meter, seen: now, checked: now, expires })
    }

    pub(super) fn reset_timeout(&self) -> Duration {
        self.connector.options.reset_timeout
    }

    /// Reports that a session's server refused a statement like a read-only server. Returns `false`
    /// if the database has no other server.
    pub(super) fn suspect(&self, session: &Session) -> bool {
        self.connector.suspect(session);
        self.connector.has_alternatives()
    }

    async fn connect_now(&self) -> Result<Session> {
        let (connector, meters) = (Arc::clone(&self.connector), Arc::clone(&self.meters));
        let connect = || async move {
            let start = Instant::now();
            let connected = connector.connect().await;
            match &connected {
                Ok(_) => meters.connected(start.elapsed()),
                Err(error) => meters.connect_failed(error),
            }
            connected
        };
        self.logins.log_in(connect).await
    }

    /// Checks a session: with several servers by querying the health of its server, else by a ping.
    async fn check(&self, pooled: &mut Pooled) -> RecycleResult<Error> {
        if !self.connector.has_alternatives() {
            pooled.session.ping().await?;
        } else if !self.connector.is_fit(&mut pooled.session).await? {
            pooled.meter.discard(Discarded::Unfit);
            return Err(RecycleError::message("the server became read-only, is not ready, or lags too far behind"));
        }
        (pooled.seen, pooled.checked) = (Instant::now(), Instant::now());
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
        pooled.meter.discard(Discarded::Lost);
        if pooled.session.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        if pooled.expires <= Instant::now() {
            pooled.meter.discard(Discarded::Expired);
            return Err(RecycleError::message("the session has reached its maximum lifetime"));
        }
        // The server did not answer a ping of another session since then, so this session is
        // probably broken too. Its ping would take a full timeout.
        if self.connector.was_silent_since(&pooled.session, pooled.seen) {
            return Err(RecycleError::message("the server did not answer another session"));
        }
        let is_trusted = pooled.seen.elapsed() <= TRUSTED_FOR
            && self.connector.is_trusted(&pooled.session, pooled.checked, TRUSTED_FOR);
        if !is_trusted {
            tokio::time::timeout(PING_TIMEOUT, Box::pin(self.check(pooled))).await.unwrap_or_else(|_| {
                self.connector.report_silence(&pooled.session);
                Err(RecycleError::message("the server did not answer in time"))
            })?;
        }
        pooled.meter.keep();
        Ok(())
    }
}

/// Returns the lifetime, shortened by up to a tenth, so that sessions opened together do not expire
/// together. `number` is the number of the session. Steps of the golden ratio spread any few
/// consecutive sessions evenly.
fn with_jitter(lifetime: Duration, number: u64) -> Duration {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let thousandths = ((number.wrapping_mul(GOLDEN) >> 32) * 100) >> 32;
    lifetime - lifetime / 1000 * u32::try_from(thousandths).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_sessions_expire_at_least_a_second_apart() {
        let lifetime = Duration::from_secs(30 * 60);
        for first in [0, 1, 7, 1000, u64::MAX - 20] {
            let mut lifetimes: Vec<_> = (first..first + 10).map(|number| with_jitter(lifetime, number)).collect();
            lifetimes.sort();
            assert!(lifetimes.windows(2).all(|pair| pair[1] - pair[0] > Duration::from_secs(1)), "{lifetimes:?}");
            assert!(lifetimes.iter().all(|short| *short <= lifetime && *short >= lifetime.mul_f64(0.9)));
        }
    }
}
