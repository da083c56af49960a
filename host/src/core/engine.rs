//! A guest's view of a database: its quota, its rules, and what it has borrowed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::connection::{Connection, Outcome};
use super::deadline::{EngineState, end_of};
use super::grant::{Grant, GuestDatabase, Statements};
use super::limits::CLOSE_TIMEOUT;
use super::slot::{Rules, Slot};
use super::statement::ExecuteOptions;
use crate::driver::{self, SessionSettings};
use crate::pool::{Lease, Missed, Numbers, Pool, WaitTicket};
use crate::telemetry::{Call, Operation};
use crate::types::{Error, ErrorKind, IsolationLevel, Limit, Result, Step, Value};

/// What a packet has besides the texts and values in it, at most, and of a small one at most this part: servers may be configured to take no
/// more than a kilobyte.
const PACKET_OVERHEAD: usize = 1024;
const PACKET_OVERHEAD_PART: usize = 16;

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
    granted: Arc<GuestDatabase>,
    info: EngineInfo,
    rules: Arc<Rules>,
    /// This engine's permits to hold connections, which may be fewer than the guest's.
    own: Arc<Semaphore>,
    max_connections: u32,
}

impl Engine {
    /// Opens a database for a guest. Returns once a connection could be had.
    pub(crate) async fn open(
        granted: Option<Arc<GuestDatabase>>,
        name: &str,
        options: EngineOptions,
    ) -> Result<Engine> {
        let Some(granted) = granted else {
            let message = "this guest has no database of that name; the host decides which it has";
            return Err(Error::new(ErrorKind::EngineDenied, message));
        };
        let (grant, max_connections) = narrowed(&granted.grant, options)?;
        grant.admit_isolation(options.isolation)?;
        let database = &granted.database;
        let deadline = end_of(Instant::now(), grant.limits.acquire_timeout);
        let mut ticket = database.pool_for(grant.statements).waiters().ticket(grant.limits.waiters);
        let lent = Call::begin(&granted.meters, Operation::Acquire, &Span::none()).record(lease(
            &mut ticket,
            &granted,
            &grant,
            deadline,
            Vec::new(),
        ));
        let mut lease = lent.await.map_err(|error| error.context(format!("database '{name}'")))?;
        drop(ticket);
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
        granted.meters.served_by(server.flavour());
        let packet = usize::try_from(server.max_allowed_packet).unwrap_or(usize::MAX);
        let info = EngineInfo {
            database: name.to_owned(),
            driver: driver::NAME,
            server_flavour: server.flavour(),
            server_version: server.version,
            sql_mode: server.sql_mode,
            max_allowed_packet: server.max_allowed_packet,
        };
        let pool_options = database.pool().options();
        let rules = Rules {
            isolation: options.isolation,
            engine_state: watch::Sender::new(EngineState::Open),
            guest: Arc::clone(&granted.guest),
            meters: Arc::clone(&granted.meters),
            settings: SessionSettings {
                read_only: grant.statements == Statements::Read,
                idle_transaction_timeout: grant.limits.idle_transaction_timeout,
            },
            leak_report_after: pool_options.leak_report_after,
            schema: pool_options.namespace().map(Arc::from),
            packet_bytes: room_in(packet.min(pool_options.packet_bytes())),
            grant,
        };
        let own = Arc::new(Semaphore::new(max_connections as usize));
        Ok(Engine { inner: Arc::new(Inner { granted, info, rules: Arc::new(rules), own, max_connections }) })
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
        self.inner.pool().numbers()
    }

    /// Refuses new borrowers, and waits for what is out.
    pub(crate) async fn close(&self) -> Result<()> {
        self.inner.rules.engine_state.send_if_modified(|state| {
            let open = *state == EngineState::Open;
            if open {
                *state = EngineState::Closing;
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
        self.inner.rules.engine_state.send_replace(EngineState::Terminated);
        self.inner.granted.database.lent().terminate(Some(&self.inner.rules));
    }

    async fn borrow(&self) -> Result<Arc<Slot>> {
        let call = Call::begin(&self.inner.granted.meters, Operation::Acquire, &Span::none());
        call.record(self.slot()).await
    }

    async fn slot(&self) -> Result<Arc<Slot>> {
        let inner = &self.inner;
        let mut state = inner.rules.engine_state.subscribe();
        let lease = tokio::select! {
            biased;
            _ = state.wait_for(|state| *state != EngineState::Open) => {
                return Err(Error::new(ErrorKind::PoolClosed, "Cannot acquire connection after closing pool"));
            }
            lease = self.lease() => lease?,
        };
        let slot = Slot::new(lease, Arc::clone(&inner.rules));
        inner.granted.database.lent().add(&slot);
        Ok(slot)
    }

    async fn lease(&self) -> Result<Lease> {
        let inner = &self.inner;
        let grant = &inner.rules.grant;
        let deadline = end_of(Instant::now(), grant.limits.acquire_timeout);
        let mut ticket = inner.pool().waiters().ticket(grant.limits.waiters);
        let own = ticket.permit(&inner.own, deadline).await.map_err(|missed| refused(missed, grant))?;
        lease(&mut ticket, &inner.granted, grant, deadline, vec![own]).await
    }
}

impl Inner {
    fn pool(&self) -> &Pool {
        self.granted.database.pool_for(self.rules.grant.statements)
    }
}

/// A session, with the permits that the guest needs for it, each in turn.
async fn lease(
    ticket: &mut WaitTicket<'_>,
    granted: &GuestDatabase,
    grant: &Grant,
    deadline: Instant,
    mut permits: Vec<OwnedSemaphorePermit>,
) -> Result<Lease> {
    permits.push(ticket.permit(&granted.quota, deadline).await.map_err(|missed| refused(missed, grant))?);
    let share = ticket.permit(&granted.share, deadline).await;
    permits.push(share.map_err(|missed| refused_by_share(missed, granted, grant))?);
    granted.database.pool_for(grant.statements).lease(ticket, deadline, permits).await
}

/// Bytes of texts and values that a packet has room for.
fn room_in(packet: usize) -> usize {
    packet - PACKET_OVERHEAD.min(packet / PACKET_OVERHEAD_PART)
}

/// Why the guest may hold no further connection.
fn refused(missed: Missed, grant: &Grant) -> Error {
    refusal(missed, || {
        format!(
            "this guest holds all the connections it may ({} by its grant, fewer if its engine says so), and none came back \
             within {} ms; close one",
            grant.limits.connections,
            grant.limits.acquire_timeout.as_millis()
        )
    })
}

fn refused_by_share(missed: Missed, granted: &GuestDatabase, grant: &Grant) -> Error {
    let options = granted.database.pool().options();
    refusal(missed, || {
        format!(
            "guests of this name hold all the connections they may together ({} of the pool's {}), and none came back within {} ms",
            options.connections_of_a_guest(),
            options.max_connections,
            grant.limits.acquire_timeout.as_millis()
        )
    })
}

fn refusal(missed: Missed, late: impl FnOnce() -> String) -> Error {
    match missed {
        Missed::Closed => Error::new(ErrorKind::PoolClosed, "the engine is closed"),
        Missed::Full(error) => error,
        Missed::Late => Error::limit(Limit::Connections, late()),
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
