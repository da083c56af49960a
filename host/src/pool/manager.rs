//! How the pool makes a session, and what it checks before lending one again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Metrics, RecycleError, RecycleResult};

use crate::driver::{DatabaseOptions, Session};
use crate::types::{Error, Result, Step};

/// A session used this recently is lent without asking the server: a ping costs as much as a point query.
const TRUSTED_FOR: Duration = Duration::from_millis(500);

/// A session in the pool.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(super) session: Session,
    /// When it was last known to be alive.
    pub(super) seen: Instant,
    lifetime: Duration,
}

#[derive(Debug)]
pub(crate) struct Manager {
    options: Arc<DatabaseOptions>,
    /// Why the last attempt to connect failed, for those who wait meanwhile; none after a success.
    last_error: Mutex<Option<String>>,
}

impl Manager {
    pub(super) fn new(options: Arc<DatabaseOptions>) -> Manager {
        Manager { options, last_error: Mutex::new(None) }
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn connect(&self) -> Result<Session> {
        let timeout = self.options.connect_timeout;
        tokio::time::timeout(timeout, Session::connect(&self.options)).await.unwrap_or_else(|_| {
            Err(Error::timeout(
                Step::Connect,
                format!("the database server did not answer within {} ms", timeout.as_millis()),
            ))
        })
    }
}

impl deadpool::managed::Manager for Manager {
    type Type = Pooled;
    type Error = Error;

    async fn create(&self) -> Result<Pooled> {
        let connected = self.connect().await;
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) =
            connected.as_ref().err().map(|error| error.message.clone());
        let session = connected?;
        tracing::debug!(session = session.id(), "connected");
        let lifetime = varied(self.options.max_lifetime, session.id());
        Ok(Pooled { session, seen: Instant::now(), lifetime })
    }

    async fn recycle(&self, pooled: &mut Pooled, metrics: &Metrics) -> RecycleResult<Error> {
        if pooled.session.is_closed() {
            return Err(RecycleError::message("its connection is closed"));
        }
        if metrics.age() > pooled.lifetime {
            return Err(RecycleError::message("it has served its time"));
        }
        if pooled.seen.elapsed() > TRUSTED_FOR {
            pooled.session.ping().await?;
            pooled.seen = Instant::now();
        }
        Ok(())
    }
}

/// The lifetime less up to a tenth, by the session's id, so that sessions made together do not end together.
fn varied(lifetime: Duration, id: u32) -> Duration {
    lifetime - lifetime / 100 * (id % 10)
}
