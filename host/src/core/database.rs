//! A database of the embedder, with its pools.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures::future::join_all;
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::deadline::EngineState;
use super::limits::CUT_TIMEOUT;
use super::transaction::PreparedNames;
use super::watchdog::Watchdog;
use crate::driver::{DatabaseOptions, ServerInfo};
use crate::pool::{Pool, PoolStatus};
use crate::sql::Statements;
use crate::telemetry::GuestMeters;
use crate::types::ConfigError;

/// The number of guest names whose metrics stay in memory after their last guest has ended. Above
/// this number the metrics of names without a guest are removed, so that generated names do not
/// accumulate.
const KNOWN_GUESTS: usize = 1000;

/// A database: its servers, its account and its connection pool.
///
/// All guests that are granted the database share its pool. Clones are cheap and share the pool
/// too. The host connects to a server when a guest first needs a connection.
///
/// # Examples
///
/// ```
/// use wasmysql_host::{Database, DatabaseOptions, Grant, Statements, WasmysqlCtx};
///
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let options = DatabaseOptions::from_url("mysql://app:secret@127.0.0.1:3306/shop")?;
/// let shop = Database::new(options.max_connections(20))?;
///
/// // Two guests share the 20 connections of the pool.
/// let report = WasmysqlCtx::builder()
///     .guest("report")
///     .database("main", &shop, Grant::new(Statements::Read))
///     .build();
/// let import = WasmysqlCtx::builder()
///     .guest("import")
///     .database("main", &shop, Grant::new(Statements::Dml))
///     .build();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    /// The pool for read-only guests, with `prefer_replicas`.
    readers: Option<Pool>,
    watchdog: Arc<Watchdog>,
    /// Permits that all guests of a name share, by name.
    shares: Mutex<HashMap<Arc<str>, Weak<Semaphore>>>,
    prepared: Arc<PreparedNames>,
    /// Metrics of all guests of a name, by name.
    meters: Mutex<HashMap<Arc<str>, Arc<GuestMeters>>>,
    /// Set by the first engine that queries the server.
    server: OnceLock<ServerInfo>,
}

impl Database {
    /// Creates a database with its pool. Connects to no server yet.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::Invalid`] if an option is out of range or if two options contradict each
    ///   other. Also if the connection to another machine would not be encrypted and
    ///   [`insecure`](DatabaseOptions::insecure) is not set.
    /// - [`ConfigError::Read`] if the file of the certificate authority can't be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::{ConfigError, Database, DatabaseOptions};
    ///
    /// let options = DatabaseOptions::tcp("127.0.0.1", 3306).user("app").schema("shop");
    /// assert!(Database::new(options.clone()).is_ok());
    ///
    /// let error = Database::new(options.max_connections(0)).unwrap_err();
    /// assert!(matches!(error, ConfigError::Invalid { .. }));
    /// ```
    pub fn new(options: DatabaseOptions) -> Result<Self, ConfigError> {
        options.validate()?;
        let (watchdog, shares, meters) = (Arc::default(), Mutex::default(), Mutex::default());
        let prepared = Arc::default();
        let pool = Pool::new(options);
        let readers = pool.options().reads_elsewhere().then(|| pool.for_reading());
        Ok(Self {
            inner: Arc::new(Inner { pool, readers, watchdog, shares, prepared, meters, server: OnceLock::new() }),
        })
    }

    /// Returns the current state of the pool.
    ///
    /// With [`prefer_replicas`](DatabaseOptions::prefer_replicas) the database has a second pool
    /// for read-only guests. Each number is then the sum of both pools.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        self.pools().map(Pool::status).sum()
    }

    /// Closes the pool: rejects new acquires and closes idle connections.
    ///
    /// A connection that a guest holds stays usable and is closed when the guest releases it. Later
    /// calls that need a connection fail with `pool-closed`. A closed database can't be opened
    /// again. To also end the connections of guests, use [`shutdown`](Self::shutdown).
    pub fn close(&self) {
        self.pools().for_each(Pool::close);
    }

    /// Closes the pool and waits until no session of this database is left at its servers.
    ///
    /// Use it when the host ends. Guests can release their connections within `grace`. After that
    /// time the host closes the remaining connections, kills their running statements and rolls
    /// back their transactions. That takes at most 3 seconds more. Sessions that are still open
    /// then end with the process, and the host logs a warning.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped within `grace`, the pool stays closed, and connections
    /// that guests hold stay open until they are released. The call can be repeated.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(shop: wasmysql_host::Database) {
    /// use std::time::Duration;
    ///
    /// shop.shutdown(Duration::from_secs(5)).await;
    /// # }
    /// ```
    pub async fn shutdown(&self, grace: Duration) {
        self.close();
        if timeout(grace, self.all_closed()).await.is_ok() {
            return;
        }
        for rules in self.watchdog().rules() {
            rules.engine_state.send_replace(EngineState::Terminated);
        }
        self.watchdog().terminate_all();
        if timeout(CUT_TIMEOUT, self.all_closed()).await.is_err() {
            tracing::warn!("some connections of a database were not closed in time; they end with the process");
        }
    }

    /// Returns the pool whose sessions can write.
    pub(crate) fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    /// Returns the pool for guests whose grant allows `statements`.
    pub(super) fn pool_for(&self, statements: Statements) -> &Pool {
        match &self.inner.readers {
            Some(readers) if statements == Statements::Read => readers,
            _ => self.pool(),
        }
    }

    pub(crate) fn pools(&self) -> impl Iterator<Item = &Pool> {
        std::iter::once(&self.inner.pool).chain(&self.inner.readers)
    }

    async fn all_closed(&self) {
        // Both waits run concurrently. Each pool waits for the sessions of both pools, but ends
        // only its own killer.
        join_all(self.pools().map(Pool::all_closed)).await;
    }

    /// Returns the watchdog of all connections that guests hold.
    pub(super) fn watchdog(&self) -> &Arc<Watchdog> {
        &self.inner.watchdog
    }

    /// Returns the permits to hold connections that all guests of this name share.
    pub(super) fn share_of(&self, guest: &Arc<str>) -> Arc<Semaphore> {
        let mut shares = self.inner.shares.lock();
        if let Some(share) = shares.get(guest).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let options = self.pool().options();
        let permits = match options.connections_of_a_guest() {
            // The size of the pool is the only limit.
            all if all >= options.max_connections => Semaphore::MAX_PERMITS,
            some => some.min(Semaphore::MAX_PERMITS),
        };
        let share = Arc::new(Semaphore::new(permits));
        shares.insert(Arc::clone(guest), Arc::downgrade(&share));
        share
    }

    /// Returns the prepared transactions of the database that this process knows.
    pub(super) fn prepared_names(&self) -> Arc<PreparedNames> {
        Arc::clone(&self.inner.prepared)
    }

    /// Returns the metrics of all guests of this name.
    pub(super) fn meters_of(&self, guest: &Arc<str>) -> Arc<GuestMeters> {
        let mut known = self.inner.meters.lock();
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

    /// Returns the cell for the server's version and settings.
    pub(super) fn server(&self) -> &OnceLock<ServerInfo> {
        &self.inner.server
    }
}
