//! Engines: a guest's access to one database, with its quota, its rules and its connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::connection::Connection;
use super::deadline::{EngineState, end_of, unless_cancelled};
use super::grant::Grant;
use super::guest_database::GuestDatabase;
use super::limits::CLOSE_TIMEOUT;
use super::outcome::Outcome;
use super::rules::Rules;
use super::slot::Slot;
use super::statement::{self, ExecuteOptions, Source};
use crate::driver::{self, SessionSettings};
use crate::pool::{Lease, PermitError, Pool, PoolStatus, WaitTicket};
use crate::sql::Statements;
use crate::telemetry::{Call, GuestRequest, Operation};
use crate::types::{Error, ErrorKind, IsolationLevel, Limit, Result, Step, Value};

/// The bytes of a packet that are reserved for its headers, in addition to statement text and
/// values.
const PACKET_OVERHEAD: usize = 1024;
/// At most this fraction of a packet is reserved, because servers can be configured for packets of
/// one kilobyte.
const PACKET_OVERHEAD_PART: usize = 16;

/// The length of an unknown name that a message repeats, in characters.
const NAME_CHARACTERS: usize = 64;

/// The options of an engine, which a guest chooses within its grant.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EngineOptions {
    pub(crate) max_connections: Option<u32>,
    pub(crate) acquire_timeout_ms: Option<u32>,
    pub(crate) statement_timeout_ms: Option<u32>,
    pub(crate) isolation: Option<IsolationLevel>,
    pub(crate) read_only: bool,
}

/// Information about a database and its server.
#[derive(Debug, Clone)]
pub(crate) struct EngineInfo {
    pub(crate) database: String,
    pub(crate) driver: &'static str,
    pub(crate) server_version: String,
    pub(crate) server_flavour: &'static str,
    pub(crate) sql_mode: String,
    pub(crate) max_allowed_packet: u64,
}

/// The handle of an engine.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    granted: Arc<GuestDatabase>,
    info: EngineInfo,
    rules: Arc<Rules>,
    /// The permits of this engine to hold connections. An engine can have fewer permits than its
    /// guest.
    quota: Arc<Semaphore>,
    max_connections: u32,
}

impl Engine {
    /// Opens a database for a guest. Returns after the pool has supplied a connection, so that a
    /// wrong address or account fails here. The first call also queries the server's version.
    pub(crate) async fn open(
        granted: Option<Arc<GuestDatabase>>,
        name: &str,
        options: EngineOptions,
        request: Option<&GuestRequest>,
    ) -> Result<Self> {
        let Some(granted) = granted else {
            let name: String = name.chars().take(NAME_CHARACTERS).collect();
            let message = format!("this guest has no database named '{name}'; the host grants databases to guests");
            return Err(Error::new(ErrorKind::EngineDenied, message));
        };
        let (grant, max_connections) = narrow_grant(&granted.grant, options)?;
        grant.admit_isolation(options.isolation)?;
        let database = &granted.database;
        let deadline = end_of(Instant::now(), grant.limits.acquire_timeout);
        let mut ticket = database.pool_for(grant.statements).waiters().ticket(grant.limits.waiters);
        let leasing = lease(&mut ticket, &granted, &grant, deadline, Vec::new());
        let leased = Call::begin(&granted.meters, Operation::Acquire, &Span::none(), request)
            .record(unless_cancelled(request, leasing));
        let mut lease = leased.await.map_err(|error| error.context(format!("database '{name}'")))?;
        drop(ticket);
        let server = match database.server().get() {
            Some(server) => server.clone(),
            None => {
                let info = timeout_at(deadline, async { lease.session()?.server_info().await });
                let server = info.await.unwrap_or_else(|_| {
                    let message = format!("database '{name}' did not report its version within the acquire timeout");
                    Err(Error::timeout(Step::Connect, message))
                })?;
                database.server().get_or_init(|| server).clone()
            }
        };
        lease.release();
        granted.meters.set_system(server.flavour());
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
            database: name.into(),
            meters: Arc::clone(&granted.meters),
            call_bytes: Arc::clone(&granted.call_bytes),
            prepared: granted.database.prepared_names(),
            settings: SessionSettings {
                read_only: grant.statements == Statements::Read,
                idle_transaction_timeout: grant.limits.idle_transaction_timeout,
                variables: granted.variables.clone(),
            },
            leak_report_after: pool_options.leak_report_after,
            schema: pool_options.namespace().map(Arc::from),
            packet_bytes: usable_packet_bytes(packet.min(pool_options.packet_bytes())),
            grant,
        };
        let quota = Arc::new(Semaphore::new(max_connections as usize));
        Ok(Self { inner: Arc::new(Inner { granted, info, rules: Arc::new(rules), quota, max_connections }) })
    }

    pub(crate) async fn acquire(&self, request: Option<GuestRequest>) -> Result<Connection> {
        Ok(Connection::new(self.acquire_slot(request).await?))
    }

    /// Executes one statement on a connection from the pool. The connection is released when the
    /// outcome no longer needs it.
    pub(crate) async fn execute(
        &self,
        sql: &str,
        params: Vec<Value>,
        options: ExecuteOptions,
        request: Option<GuestRequest>,
    ) -> Result<Outcome> {
        // Checked before the call waits for a connection, because it holds its parameters
        // meanwhile.
        let checked = statement::check(&self.inner.rules, &Source::Text(sql), &params);
        let reservation = checked.or_else(|error| {
            let call = Call::begin(&self.inner.granted.meters, Operation::Execute, &Span::none(), request.as_ref());
            call.with_sql(sql).end(Err(error))
        })?;
        let connection = self.acquire(request).await?;
        drop(reservation);
        connection.execute(sql, params, options).await
    }

    pub(crate) fn info(&self) -> &EngineInfo {
        &self.inner.info
    }

    pub(crate) fn status(&self) -> PoolStatus {
        self.inner.pool().status()
    }

    /// Rejects new acquires, and waits at most `CLOSE_TIMEOUT` until all connections of this engine
    /// are released.
    pub(crate) async fn close(&self) -> Result<()> {
        self.inner.rules.engine_state.send_if_modified(|state| {
            let open = *state == EngineState::Open;
            if open {
                *state = EngineState::Closing;
            }
            open
        });
        let all = self.inner.quota.acquire_many(self.inner.max_connections);
        match tokio::time::timeout(CLOSE_TIMEOUT, all).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::timeout(
                Step::Acquire,
                format!(
                    "{} connections of this engine were not released within {} s; close them, or terminate the engine",
                    self.inner.max_connections as usize - self.inner.quota.available_permits(),
                    CLOSE_TIMEOUT.as_secs()
                ),
            )),
        }
    }

    /// Rejects new acquires, and closes all connections of this engine.
    pub(crate) fn terminate(&self) {
        self.inner.rules.engine_state.send_replace(EngineState::Terminated);
        self.inner.granted.database.watchdog().terminate(&self.inner.rules);
    }

    async fn acquire_slot(&self, request: Option<GuestRequest>) -> Result<Arc<Slot>> {
        let call = Call::begin(&self.inner.granted.meters, Operation::Acquire, &Span::none(), request.as_ref());
        call.record(self.lease_slot(request.clone())).await
    }

    async fn lease_slot(&self, request: Option<GuestRequest>) -> Result<Arc<Slot>> {
        let inner = &self.inner;
        let mut state = inner.rules.engine_state.subscribe();
        let lease = tokio::select! {
            biased;
            _ = state.wait_for(|state| *state != EngineState::Open) => {
                return Err(Error::new(ErrorKind::PoolClosed, "Cannot acquire connection after closing pool"));
            }
            lease = unless_cancelled(request.as_ref(), self.lease()) => lease?,
        };
        let slot = Slot::new(lease, Arc::clone(&inner.rules), request);
        inner.granted.database.watchdog().add(&slot);
        // The engine may have been terminated before the watchdog had the slot.
        if *inner.rules.engine_state.borrow() == EngineState::Terminated {
            slot.terminate();
        }
        Ok(slot)
    }

    async fn lease(&self) -> Result<Lease> {
        let inner = &self.inner;
        let grant = &inner.rules.grant;
        let deadline = end_of(Instant::now(), grant.limits.acquire_timeout);
        let mut ticket = inner.pool().waiters().ticket(grant.limits.waiters);
        let permit = ticket.permit(&inner.quota, deadline).await.map_err(|error| quota_error(error, grant))?;
        lease(&mut ticket, &inner.granted, grant, deadline, vec![permit]).await
    }
}

impl Inner {
    fn pool(&self) -> &Pool {
        self.granted.database.pool_for(self.rules.grant.statements)
    }
}

/// Leases a session. First waits for the permits of the guest and of all guests of its name.
async fn lease(
    ticket: &mut WaitTicket<'_>,
    granted: &GuestDatabase,
    grant: &Grant,
    deadline: Instant,
    mut permits: Vec<OwnedSemaphorePermit>,
) -> Result<Lease> {
    permits.push(ticket.permit(&granted.quota, deadline).await.map_err(|error| quota_error(error, grant))?);
    let share = ticket.permit(&granted.share, deadline).await;
    permits.push(share.map_err(|error| share_error(error, granted, grant))?);
    granted.database.pool_for(grant.statements).lease(ticket, deadline, permits).await
}

/// Returns the bytes of statement text and values that fit into a packet.
fn usable_packet_bytes(packet: usize) -> usize {
    packet - PACKET_OVERHEAD.min(packet / PACKET_OVERHEAD_PART)
}

/// Returns the error of a guest or an engine that may hold no further connection.
fn quota_error(error: PermitError, grant: &Grant) -> Error {
    permit_error(error, || {
        format!(
            "this guest holds as many connections as it may (its grant allows {}, its engine can allow fewer), and none was \
             released within {} ms; close a connection",
            grant.limits.connections,
            grant.limits.acquire_timeout.as_millis()
        )
    })
}

/// Returns the error of a guest whose name may hold no further connection.
fn share_error(error: PermitError, granted: &GuestDatabase, grant: &Grant) -> Error {
    let options = granted.database.pool().options();
    permit_error(error, || {
        format!(
            "the guests of this name together hold {} of the pool's {} connections, as many as they may, and none was \
             released within {} ms; retry later",
            options.connections_of_a_guest(),
            options.max_connections,
            grant.limits.acquire_timeout.as_millis()
        )
    })
}

/// `timeout_message` is for a permit that was not available within the acquire timeout.
fn permit_error(error: PermitError, timeout_message: impl FnOnce() -> String) -> Error {
    match error {
        PermitError::Closed => Error::new(ErrorKind::PoolClosed, "the engine is closed"),
        PermitError::TooManyWaiters(error) => error,
        PermitError::TimedOut => Error::limit(Limit::Connections, timeout_message()),
    }
}

/// Returns the grant with the lower limits of the options, and the maximum number of connections of
/// the engine. Fails with `argument` if an option is higher than the grant.
fn narrow_grant(grant: &Grant, options: EngineOptions) -> Result<(Grant, u32)> {
    let mut grant = grant.clone();
    let limits = &mut grant.limits;
    let granted = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let max_connections = match options.max_connections {
        None => granted,
        Some(wanted) if wanted == 0 || wanted > granted => {
            return Err(Error::argument(format!("max-connections is {wanted}, but the grant allows 1 to {granted}")));
        }
        Some(wanted) => wanted,
    };
    let narrow = |name: &str, limit: &mut Duration, wanted: Option<u32>| match wanted {
        None => Ok(()),
        Some(ms) if ms == 0 || Duration::from_millis(ms.into()) > *limit => {
            Err(Error::argument(format!("{name} is {ms} ms, but the grant allows 1 to {} ms", limit.as_millis())))
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
