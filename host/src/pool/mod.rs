//! The session pool. deadpool counts the sessions and queues the waiters. This module ensures that
//! only clean sessions return to the pool.

mod connect_backoff;
mod lease;
mod logins;
mod maintenance;
mod manager;
mod status;
mod waiters;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{PoolError, QueueMode, TimeoutType, Timeouts};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

pub(crate) use self::lease::Lease;
use self::maintenance::Maintenance;
use self::manager::Manager;
pub use self::status::PoolStatus;
pub(crate) use self::waiters::{PermitError, WaitTicket, Waiters};
use crate::driver::{Connector, DatabaseOptions, Killer};
use crate::telemetry::PoolMeters;
use crate::types::{Error, ErrorKind, Result, Step};

type Inner = deadpool::managed::Pool<Manager>;

/// The sessions of a database, shared by all guests of the process.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    inner: Inner,
    connector: Arc<Connector>,
    killer: Killer,
    maintenance: Arc<Maintenance>,
    waiters: Arc<Waiters>,
    meters: Arc<PoolMeters>,
}

impl Pool {
    pub(crate) fn new(options: DatabaseOptions) -> Self {
        Self::of(Connector::new(options))
    }

    /// Creates a second pool of the same database for read-only sessions, which use replicas if
    /// possible.
    pub(crate) fn for_reading(&self) -> Self {
        Self::of(self.connector.for_reading())
    }

    fn of(connector: Connector) -> Self {
        let connector = Arc::new(connector);
        let options = &connector.options;
        let meters = PoolMeters::new(options.name_or_schema().into(), options.min_connections, options.max_connections);
        let inner = Inner::builder(Manager::new(Arc::clone(&connector), Arc::clone(&meters)))
            .max_size(options.max_connections)
            // The last used session is most probably intact, and unused sessions can reach the idle
            // timeout.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build();
        let killer = Killer::new(Arc::clone(&connector), Arc::clone(&meters));
        let maintenance = Maintenance::new(options);
        let waiters = Arc::new(Waiters::new(Arc::clone(&meters)));
        match inner {
            Ok(inner) => Self { inner, connector, killer, maintenance, waiters, meters },
            // Building fails only without a runtime, and a runtime is set.
            Err(error) => unreachable!("{error}"),
        }
    }

    pub(crate) fn options(&self) -> &DatabaseOptions {
        &self.connector.options
    }

    /// Returns the connector of the pool's sessions.
    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// Returns the killer of the pool's sessions.
    pub(crate) fn killer(&self) -> &Killer {
        &self.killer
    }

    /// Returns whether the pool was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Returns the metrics of the pool.
    pub(crate) fn meters(&self) -> &PoolMeters {
        &self.meters
    }

    /// Returns the waiters of this pool.
    pub(crate) fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// Acquires a session, and waits for it until `deadline` if the pool is exhausted. The lease
    /// holds `permits`, the guest's quotas.
    ///
    /// # Errors
    ///
    /// Fails with `timeout(acquire)` at the deadline, `limit-exceeded(waiters)`, `pool-closed`, or
    /// the error of connecting.
    pub(crate) async fn lease(
        &self,
        ticket: &mut WaitTicket<'_>,
        deadline: Instant,
        permits: Vec<OwnedSemaphorePermit>,
    ) -> Result<Lease> {
        // No timeout for connecting here: the manager has its own, and its error names the step.
        let no_wait = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let mut result = tokio::time::timeout_at(deadline, self.inner.timeout_get(&no_wait)).await;
        if let Ok(Err(PoolError::Timeout(TimeoutType::Wait))) = result {
            ticket.take()?;
            let no_timeout = Timeouts { wait: None, ..no_wait };
            result = tokio::time::timeout_at(deadline, self.inner.timeout_get(&no_timeout)).await;
        }
        let object = match result {
            Ok(Ok(object)) => object,
            Ok(Err(PoolError::Backend(error))) => return Err(error),
            Ok(Err(PoolError::Closed)) => return Err(closed()),
            Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) | Err(_) => {
                return Err(self.exhausted());
            }
        };
        self.maintenance.ensure_running(&self.inner);
        Ok(Lease::new(object, self.killer.clone(), Handle::current(), permits))
    }

    /// Returns the size and use of the pool.
    pub(crate) fn status(&self) -> PoolStatus {
        let status = self.inner.status();
        PoolStatus {
            min_size: self.options().min_connections,
            max_size: status.max_size,
            size: status.size,
            idle: status.available,
            in_use: status.size.saturating_sub(status.available),
            waiting: self.waiters.waiting(),
        }
    }

    /// Closes the pool: new acquires fail, idle sessions are closed, and sessions in use are closed
    /// when they are released.
    pub(crate) fn close(&self) {
        self.inner.close();
        self.inner.manager().logins.close();
    }

    /// After `close`, waits until all sessions at the server are closed, including the side
    /// connections that kill statements.
    pub(crate) async fn all_closed(&self) {
        self.killer.end();
        self.connector.all_closed().await;
    }

    /// Returns the error for a session that did not become available before the deadline.
    fn exhausted(&self) -> Error {
        let status = self.status();
        let mut message = format!(
            "no connection became free in time: the pool has {} of {} connections, {} in use, {} idle, and {} other \
             calls are waiting",
            status.size,
            status.max_size,
            status.in_use,
            status.idle,
            // The failed call itself is still counted.
            status.waiting.saturating_sub(1)
        );
        if let Some(last) = self.inner.manager().last_error() {
            message.push_str("; the last attempt to connect failed: ");
            message.push_str(&last);
        }
        Error::timeout(Step::Acquire, message)
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::PoolClosed, "the database was closed")
}
