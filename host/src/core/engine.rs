//! A guest's view of a database: its quota, its rules, and what it has borrowed.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout_at};

use super::connection::{Connection, Outcome};
use super::database::Database;
use super::deadline::Life;
use super::grant::{Grant, Granted, Statements};
use super::limits::CLOSE_TIMEOUT;
use super::slot::{Rules, Slot};
use super::statement::ExecuteOptions;
use crate::driver;
use crate::pool::{Lease, Numbers};
use crate::types::{Error, ErrorKind, IsolationLevel, Limit, Result, Step, Value};

/// What a guest chooses for its engine, within its grant.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EngineOptions {
    pub(crate) max_connections: Option<u32>,
    pub(crate) acquire_timeout_ms: Option<u32>,
    pub(crate) statement_timeout_ms: Option<u32>,
    pub(crate) isolation: Option<IsolationLevel>,
    pub(crate) read_only: bool,
}

/// What is known of a database and its server.
#[derive(Debug, Clone)]
pub(crate) struct EngineInfo {
    pub(crate) database: String,
    pub(crate) driver: &'static str,
    pub(crate) server_version: String,
    pub(crate) server_flavour: &'static str,
    pub(crate) sql_mode: String,
    pub(crate) max_allowed_packet: u64,
}

/// An engine's handle.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    info: EngineInfo,
    rules: Arc<Rules>,
    /// The guest's permits for this database, shared by all its engines.
    guest: Arc<Semaphore>,
    /// This engine's own, which may be fewer.
    own: Arc<Semaphore>,
    max_connections: u32,
    /// What it lent, for `terminate`.
    lent: Mutex<Vec<Weak<Slot>>>,
}

impl Engine {
    /// Opens a database for a guest. Returns once a connection could be had.
    pub(crate) async fn open(granted: Option<Arc<Granted>>, name: &str, options: EngineOptions) -> Result<Engine> {
        let Some(granted) = granted else {
            let message = "this guest has no database of that name; the host decides which it has";
            return Err(Error::new(ErrorKind::EngineDenied, message));
        };
        let Granted { guest, database, grant, quota } = &*granted;
        let (grant, max_connections) = narrowed(grant, options)?;
        let life = watch::Sender::new(Life::Open);
        let own = Arc::new(Semaphore::new(max_connections as usize));
        let permit = permit(quota, Instant::now() + grant.limits.acquire_timeout, &grant).await?;
        let deadline = Instant::now() + grant.limits.acquire_timeout;
        let mut lease = database
            .pool()
            .lease(deadline, grant.limits.waiters, permit)
            .await
            .map_err(|error| error.context(format!("database '{name}'")))?;
        let server = match database.server().get() {
            Some(server) => server.clone(),
            None => {
                let asked = timeout_at(deadline, async { lease.session()?.server_info().await });
                let server = asked.await.unwrap_or_else(|_| {
                    Err(Error::timeout(Step::Connect, format!("database '{name}' did not say its version in time")))
                })?;
                database.server().get_or_init(|| server).clone()
            }
        };
        lease.give_back();
        let packet_bytes = usize::try_from(server.max_allowed_packet).unwrap_or(usize::MAX).saturating_sub(1024);
        let info = EngineInfo {
            database: name.to_owned(),
            driver: driver::NAME,
            server_flavour: if server.version.contains("MariaDB") { "mariadb" } else { "mysql" },
            server_version: server.version,
            sql_mode: server.sql_mode,
            max_allowed_packet: server.max_allowed_packet,
        };
        let guest_name = Arc::clone(guest);
        let rules = Arc::new(Rules { grant, isolation: options.isolation, life, guest: guest_name, packet_bytes });
        let inner = Inner {
            database: database.clone(),
            info,
            rules,
            guest: Arc::clone(quota),
            own,
            max_connections,
            lent: Mutex::new(Vec::new()),
        };
        Ok(Engine { inner: Arc::new(inner) })
    }

    pub(crate) async fn acquire(&self) -> Result<Connection> {
        Ok(Connection::new(self.borrow().await?))
    }

    /// Runs one statement on a borrowed connection. It goes back when nothing of the outcome needs it any more.
    pub(crate) async fn execute(&self, sql: &str, params: Vec<Value>, options: ExecuteOptions) -> Result<Outcome> {
        let connection = self.acquire().await?;
        connection.execute(sql, params, options).await
    }

    pub(crate) fn info(&self) -> &EngineInfo {
        &self.inner.info
    }

    pub(crate) fn status(&self) -> Numbers {
        self.inner.database.pool().numbers()
    }

    /// Refuses new borrowers, and waits for what is out.
    pub(crate) async fn close(&self) -> Result<()> {
        self.inner.rules.life.send_if_modified(|life| {
            let open = *life == Life::Open;
            if open {
                *life = Life::Closing;
            }
            open
        });
        let all = self.inner.own.acquire_many(self.inner.max_connections);
        match tokio::time::timeout(CLOSE_TIMEOUT, all).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::timeout(
                Step::Acquire,
                format!(
                    "{} connections of this engine did not come back within {} s; close them, or terminate the engine",
                    self.inner.max_connections as usize - self.inner.own.available_permits(),
                    CLOSE_TIMEOUT.as_secs()
                ),
            )),
        }
    }

    /// Refuses new borrowers, and cuts what is out.
    pub(crate) fn terminate(&self) {
        self.inner.rules.life.send_replace(Life::Terminated);
        let lent = std::mem::take(&mut *self.inner.lent.lock().unwrap_or_else(PoisonError::into_inner));
        for slot in lent.iter().filter_map(Weak::upgrade) {
            slot.terminate();
        }
    }

    async fn borrow(&self) -> Result<Arc<Slot>> {
        let inner = &self.inner;
        let limits = &inner.rules.grant.limits;
        let deadline = Instant::now() + limits.acquire_timeout;
        let mut life = inner.rules.life.subscribe();
        let lease = tokio::select! {
            biased;
            _ = life.wait_for(|life| *life != Life::Open) => {
                return Err(Error::new(ErrorKind::PoolClosed, "Cannot acquire connection after closing pool"));
            }
            lease = self.lease(deadline) => lease?,
        };
        let slot = Slot::new(lease, Arc::clone(&inner.rules));
        let mut lent = inner.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.retain(|slot| slot.strong_count() > 0);
        lent.push(Arc::downgrade(&slot));
        Ok(slot)
    }

    async fn lease(&self, deadline: Instant) -> Result<Lease> {
        let inner = &self.inner;
        let grant = &inner.rules.grant;
        let own = permit(&inner.own, deadline, grant).await?;
        let guest = permit(&inner.guest, deadline, grant).await?;
        let lease = inner.database.pool().lease(deadline, grant.limits.waiters, guest).await?;
        Ok(lease.with_permit(own))
    }
}

async fn permit(quota: &Arc<Semaphore>, deadline: Instant, grant: &Grant) -> Result<tokio::sync::OwnedSemaphorePermit> {
    match timeout_at(deadline, Arc::clone(quota).acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) => Err(Error::new(ErrorKind::PoolClosed, "the engine is closed")),
        Err(_) => Err(Error::limit(
            Limit::Connections,
            format!(
                "this guest holds all the connections it may ({} by its grant, fewer if its engine says so), and none came \
                 back within {} ms; close one",
                grant.limits.connections,
                grant.limits.acquire_timeout.as_millis()
            ),
        )),
    }
}

/// The grant as the guest narrows it, and how many connections the engine may hold.
fn narrowed(grant: &Grant, options: EngineOptions) -> Result<(Grant, u32)> {
    let mut grant = grant.clone();
    let limits = &mut grant.limits;
    let granted = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let max_connections = match options.max_connections {
        None => granted,
        Some(wanted) if wanted == 0 || wanted > granted => {
            return Err(Error::argument(format!("max-connections is {wanted}; it can be 1 to {granted}")));
        }
        Some(wanted) => wanted,
    };
    let narrow = |name: &str, limit: &mut Duration, wanted: Option<u32>| match wanted {
        None => Ok(()),
        Some(ms) if ms == 0 || Duration::from_millis(ms.into()) > *limit => {
            Err(Error::argument(format!("{name} is {ms} ms; it can be 1 to {}", limit.as_millis())))
        }
        Some(ms) => {
            *limit = Duration::from_millis(ms.into());
            Ok(())
        }
    };
    narrow("acquire-timeout-ms", &mut limits.acquire_timeout, options.acquire_timeout_ms)?;
    narrow("statement-timeout-ms", &mut limits.statement_timeout, options.statement_timeout_ms)?;
    if options.read_only {
        grant.statements = Statements::Read;
    }
    Ok((grant, max_connections))
}
