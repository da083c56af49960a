//! Sessions, lent and taken back. deadpool counts and queues; what is ours is that a session comes back clean or not at all.

mod lease;
mod manager;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{PoolError, QueueMode, TimeoutType, Timeouts};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

pub(crate) use lease::Lease;
use manager::Manager;

use crate::driver::{DatabaseOptions, Killer};
use crate::types::{Error, ErrorKind, Limit, Result, Step};

/// A health check that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

type Inner = deadpool::managed::Pool<Manager>;

/// The sessions of one database, shared by all guests of the process.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    inner: Inner,
    killer: Killer,
}

/// How the pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) max_size: usize,
    pub(crate) size: usize,
    pub(crate) idle: usize,
    pub(crate) in_use: usize,
    pub(crate) waiting: usize,
}

impl Pool {
    pub(crate) fn new(options: Arc<DatabaseOptions>) -> Pool {
        let size = options.max_connections;
        let killer = Killer::new(Arc::clone(&options));
        let inner = Inner::builder(Manager::new(options))
            .max_size(size)
            // The last one used is the likeliest to be alive, and the others can grow old and go.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build();
        match inner {
            Ok(inner) => Pool { inner, killer },
            // Only a missing runtime fails here, and one is given.
            Err(error) => unreachable!("{error}"),
        }
    }

    /// Borrows a session until `deadline`. `permit` is the guest's quota, and travels with it.
    pub(crate) async fn lease(&self, deadline: Instant, waiters: usize, permit: OwnedSemaphorePermit) -> Result<Lease> {
        let numbers = self.numbers();
        if numbers.waiting >= waiters {
            return Err(Error::limit(
                Limit::Waiters,
                format!("{} calls wait for a connection of this database already", numbers.waiting),
            ));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        // `create` has its own deadline in the manager, so that its error says what it waited for.
        let timeouts = Timeouts { wait: Some(left), create: None, recycle: Some(PING_TIMEOUT) };
        let object = match tokio::time::timeout_at(deadline, self.inner.timeout_get(&timeouts)).await {
            Ok(Ok(object)) => object,
            Ok(Err(PoolError::Backend(error))) => return Err(error),
            Ok(Err(PoolError::Closed)) => return Err(Error::new(ErrorKind::PoolClosed, "the database was closed")),
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) | Err(_) => return Err(self.exhausted()),
            Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) => {
                return Err(self.exhausted());
            }
        };
        Ok(Lease::new(object, self.killer.clone(), Handle::current(), permit))
    }

    pub(crate) fn numbers(&self) -> Numbers {
        let status = self.inner.status();
        Numbers {
            max_size: status.max_size,
            size: status.size,
            idle: status.available,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
        }
    }

    /// Refuses new borrowers, and closes what is idle. What is lent is closed when it comes back.
    pub(crate) fn close(&self) {
        self.inner.close();
    }

    /// Nobody gave a connection back in time.
    fn exhausted(&self) -> Error {
        let numbers = self.numbers();
        let mut message = format!(
            "no connection became free in time: the pool has {} of {} connections, {} in use, {} idle, and {} other \
             calls wait",
            numbers.size, numbers.max_size, numbers.in_use, numbers.idle, numbers.waiting
        );
        if let Some(last) = self.inner.manager().last_error() {
            message.push_str("; the last attempt to connect failed: ");
            message.push_str(&last);
        }
        Error::timeout(Step::Acquire, message)
    }
}
