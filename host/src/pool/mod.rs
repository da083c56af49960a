//! Sessions, lent and taken back. deadpool counts and queues; what is ours is that a session comes back clean or not at all.

mod connect_backoff;
mod lease;
mod maintenance;
mod manager;
mod waiters;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{PoolError, QueueMode, TimeoutType, Timeouts};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

pub(crate) use lease::Lease;
use maintenance::Maintenance;
use manager::Manager;
pub(crate) use waiters::{Missed, WaitTicket, Waiters};

use crate::driver::{Connector, DatabaseOptions, Killer};
use crate::telemetry::PoolMeters;
use crate::types::{Error, ErrorKind, Result, Step};

type Inner = deadpool::managed::Pool<Manager>;

/// The sessions of one database, shared by all guests of the process.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    inner: Inner,
    connector: Arc<Connector>,
    killer: Killer,
    maintenance: Arc<Maintenance>,
    waiters: Arc<Waiters>,
    meters: Arc<PoolMeters>,
}

/// How the pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) min_size: usize,
    pub(crate) max_size: usize,
    pub(crate) size: usize,
    pub(crate) idle: usize,
    pub(crate) in_use: usize,
    pub(crate) waiting: usize,
}

impl Pool {
    pub(crate) fn new(options: DatabaseOptions) -> Pool {
        Pool::of(Connector::new(options))
    }

    /// One more for the same database, whose sessions only read, from replicas if possible.
    pub(crate) fn for_reading(&self) -> Pool {
        Pool::of(self.connector.for_reading())
    }

    fn of(connector: Connector) -> Pool {
        let connector = Arc::new(connector);
        let options = &connector.options;
        let meters = PoolMeters::new(options.name_or_schema().into(), options.min_connections, options.max_connections);
        let inner = Inner::builder(Manager::new(Arc::clone(&connector), Arc::clone(&meters)))
            .max_size(options.max_connections)
            // The last one used is the likeliest to be alive, and the others can grow old and go.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build();
        let killer = Killer::new(Arc::clone(&connector), Arc::clone(&meters));
        let maintenance = Maintenance::new(options);
        let waiters = Arc::new(Waiters::new(Arc::clone(&meters)));
        match inner {
            Ok(inner) => Pool { inner, connector, killer, maintenance, waiters, meters },
            // Only a missing runtime fails here, and one is given.
            Err(error) => unreachable!("{error}"),
        }
    }

    pub(crate) fn options(&self) -> &DatabaseOptions {
        &self.connector.options
    }

    /// What is counted of it.
    pub(crate) fn meters(&self) -> &PoolMeters {
        &self.meters
    }

    /// Who waits for a connection of this database.
    pub(crate) fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// Borrows a session until `deadline`. `permits` are the guest's quotas, and travel with it.
    pub(crate) async fn lease(
        &self,
        ticket: &mut WaitTicket<'_>,
        deadline: Instant,
        permits: Vec<OwnedSemaphorePermit>,
    ) -> Result<Lease> {
        // What is made has its own deadline in the manager, so that its error says what was waited for.
        let at_once = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let mut got = tokio::time::timeout_at(deadline, self.inner.timeout_get(&at_once)).await;
        if let Ok(Err(PoolError::Timeout(TimeoutType::Wait))) = got {
            ticket.take()?;
            let in_turn = Timeouts { wait: None, ..at_once };
            got = tokio::time::timeout_at(deadline, self.inner.timeout_get(&in_turn)).await;
        }
        let object = match got {
            Ok(Ok(object)) => object,
            Ok(Err(PoolError::Backend(error))) => return Err(error),
            Ok(Err(PoolError::Closed)) => return Err(closed()),
            Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) | Err(_) => {
                return Err(self.exhausted());
            }
        };
        self.maintenance.run(&self.inner);
        Ok(Lease::new(object, self.killer.clone(), Handle::current(), permits))
    }

    pub(crate) fn numbers(&self) -> Numbers {
        let status = self.inner.status();
        Numbers {
            min_size: self.options().min_connections,
            max_size: status.max_size,
            size: status.size,
            idle: status.available,
            in_use: status.size.saturating_sub(status.available),
            waiting: self.waiters.waiting(),
        }
    }

    /// Refuses new borrowers, and closes what is idle. What is lent is closed when it comes back.
    pub(crate) fn close(&self) {
        self.inner.close();
    }

    /// After `close`: waits until no session is left at the server, also the one that kills.
    pub(crate) async fn all_closed(&self) {
        self.killer.end();
        self.connector.all_closed().await;
    }

    /// Nobody gave a connection back in time.
    fn exhausted(&self) -> Error {
        let numbers = self.numbers();
        let mut message = format!(
            "no connection became free in time: the pool has {} of {} connections, {} in use, {} idle, and {} other \
             calls wait",
            numbers.size,
            numbers.max_size,
            numbers.in_use,
            numbers.idle,
            // This one still has its place.
            numbers.waiting.saturating_sub(1)
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
