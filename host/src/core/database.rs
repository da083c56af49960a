//! A database that the embedder offers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::deadline::EngineState;
use super::grant::Statements;
use super::limits::CUT_TIMEOUT;
use super::watchdog::Watchdog;
use crate::config::ConfigError;
use crate::driver::{DatabaseOptions, ServerInfo};
use crate::pool::{Numbers, Pool};
use crate::telemetry::GuestMeters;

/// Guests whose metrics are kept at hand, also while none of the name is there. More are kept only as long as they are used, so that names that
/// are made up by the request cost no memory.
const KNOWN_GUESTS: usize = 1000;

/// A database: its address, account and pool. Cheap to clone; all clones are one pool, shared by every guest that is granted it.
///
/// It connects when a guest first needs it.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    /// For those that only read, where that is done elsewhere.
    readers: Option<Pool>,
    lent: Arc<Watchdog>,
    /// What guests of each name may hold together, while there are any.
    shares: Mutex<HashMap<Arc<str>, Weak<Semaphore>>>,
    /// What is counted of guests of each name.
    meters: Mutex<HashMap<Arc<str>, Arc<GuestMeters>>>,
    /// Asked of the server with the first connection.
    server: OnceLock<ServerInfo>,
}

/// How a database's pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Connections it keeps ready.
    pub min_size: usize,
    /// Connections it may have.
    pub max_size: usize,
    /// Connections it has.
    pub size: usize,
    /// Those that wait for a borrower.
    pub idle: usize,
    /// Those that are lent.
    pub in_use: usize,
    /// Borrowers that wait, for a connection of the pool or for one of those that their guest may hold.
    pub waiting: usize,
}

impl Database {
    /// A database with these options. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`] where the options can't work, or would send passwords in plain text to another machine.
    pub fn new(options: DatabaseOptions) -> Result<Database, ConfigError> {
        options.validate()?;
        let (lent, shares, meters) = (Arc::default(), Mutex::default(), Mutex::default());
        let pool = Pool::new(options);
        let readers = pool.options().reads_elsewhere().then(|| pool.for_reading());
        Ok(Database { inner: Arc::new(Inner { pool, readers, lent, shares, meters, server: OnceLock::new() }) })
    }

    /// How the pool stands now; both of them together, where those that only read have one of their own
    /// ([`prefer_replicas`](DatabaseOptions::prefer_replicas)).
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let mut status = PoolStatus::default();
        for Numbers { min_size, max_size, size, idle, in_use, waiting } in self.pools().map(Pool::numbers) {
            status.min_size += min_size;
            status.max_size += max_size;
            status.size += size;
            status.idle += idle;
            status.in_use += in_use;
            status.waiting += waiting;
        }
        status
    }

    /// Refuses new borrowers, and closes idle connections. Watchdog ones are closed when they come back.
    pub fn close(&self) {
        self.pools().for_each(Pool::close);
    }

    /// Closes, and waits until the server has no session of this database left: what is lent may be given back within `grace`, and is
    /// then cut, its statements killed. For the end of a host.
    pub async fn shutdown(&self, grace: Duration) {
        self.close();
        if timeout(grace, self.all_closed()).await.is_ok() {
            return;
        }
        for rules in self.lent().rules() {
            rules.engine_state.send_replace(EngineState::Terminated);
        }
        self.lent().terminate(None);
        if timeout(CUT_TIMEOUT, self.all_closed()).await.is_err() {
            tracing::warn!("not all connections of a database took their leave in time; they end with the process");
        }
    }

    /// The pool whose sessions may write.
    pub(crate) fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    /// The pool for guests that may run these.
    pub(super) fn pool_for(&self, statements: Statements) -> &Pool {
        match &self.inner.readers {
            Some(readers) if statements == Statements::Read => readers,
            _ => self.pool(),
        }
    }

    fn pools(&self) -> impl Iterator<Item = &Pool> {
        std::iter::once(&self.inner.pool).chain(&self.inner.readers)
    }

    async fn all_closed(&self) {
        // Together: each waits for the sessions of all, and sees to its own that kills.
        join_all(self.pools().map(Pool::all_closed)).await;
    }

    /// What is lent of it.
    pub(super) fn lent(&self) -> &Arc<Watchdog> {
        &self.inner.lent
    }

    /// The permits to hold connections that all guests of this name share.
    pub(super) fn share_of(&self, guest: &Arc<str>) -> Arc<Semaphore> {
        let mut shares = self.inner.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(guest).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let options = self.pool().options();
        let permits = match options.connections_of_a_guest() {
            // The pool itself is the limit.
            all if all >= options.max_connections => Semaphore::MAX_PERMITS,
            some => some.min(Semaphore::MAX_PERMITS),
        };
        let share = Arc::new(Semaphore::new(permits));
        shares.insert(Arc::clone(guest), Arc::downgrade(&share));
        share
    }

    /// What is counted of guests of this name.
    pub(super) fn meters_of(&self, guest: &Arc<str>) -> Arc<GuestMeters> {
        let mut known = self.inner.meters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meters) = known.get(guest) {
            return Arc::clone(meters);
        }
        if known.len() >= KNOWN_GUESTS {
            known.retain(|_, meters| Arc::strong_count(meters) > 1);
        }
        let options = self.pool().options();
        let name = self.pool().meters().name();
        let meters = Arc::new(GuestMeters::new(name, guest, options.namespace(), options.slow_statements()));
        known.insert(Arc::clone(guest), Arc::clone(&meters));
        meters
    }

    pub(super) fn server(&self) -> &OnceLock<ServerInfo> {
        &self.inner.server
    }
}
