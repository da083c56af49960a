//! The maintenance of a pool: it closes sessions that are expired, broken or idle for too long, and
//! opens sessions up to the minimum.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool::managed::{Timeouts, WeakPool};
use parking_lot::Mutex;
use tokio::task::AbortHandle;

use super::Inner;
use super::manager::Manager;
use crate::driver::DatabaseOptions;
use crate::telemetry::Discarded;

/// The interval of the maintenance, unless the configured timeouts are so short that it must be
/// more frequent.
const INTERVAL: Duration = Duration::from_secs(1);
/// The minimum interval, also for very short timeouts.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

/// The maintenance task of a pool. It ends when the pool is dropped or has nothing to maintain.
#[derive(Debug)]
pub(super) struct Maintenance {
    min_connections: usize,
    idle_timeout: Duration,
    interval: Duration,
    task: Mutex<Option<AbortHandle>>,
}

impl Maintenance {
    pub(super) fn new(options: &DatabaseOptions) -> Arc<Self> {
        let shortest = options.idle_timeout.min(options.max_lifetime);
        Arc::new(Self {
            min_connections: options.min_connections,
            idle_timeout: options.idle_timeout,
            interval: (shortest / 10).clamp(SHORTEST_INTERVAL, INTERVAL),
            task: Mutex::new(None),
        })
    }

    /// Starts the task in the current runtime, unless it already runs. An earlier task can have
    /// ended with its runtime.
    pub(super) fn ensure_running(self: &Arc<Self>, pool: &Inner) {
        let mut task = self.task.lock();
        if task.as_ref().is_none_or(AbortHandle::is_finished) {
            *task = Some(tokio::spawn(maintain(Arc::clone(self), pool.weak())).abort_handle());
        }
    }

    /// Maintains the pool once. Returns `false` if there is nothing to do until a session is
    /// acquired again.
    async fn round(&self, pool: &Inner) -> bool {
        let now = Instant::now();
        let mut size = pool.status().size;
        // Dropping a session closes it gracefully.
        pool.retain(|pooled, _| {
            let is_surplus = size > self.min_connections && now.duration_since(pooled.seen) > self.idle_timeout;
            let discarded = match () {
                () if pooled.session.is_closed() => Some(Discarded::Lost),
                () if now >= pooled.expires => Some(Discarded::Expired),
                () => is_surplus.then_some(Discarded::Idle),
            };
            size -= usize::from(discarded.is_some());
            discarded.into_iter().for_each(|reason| pooled.meter.discard(reason));
            discarded.is_none()
        });
        self.top_up(pool).await;
        !pool.is_closed() && pool.status().size + self.min_connections > 0
    }

    /// Opens sessions up to the minimum. It acquires the idle sessions first, which checks them,
    /// then opens new sessions, and releases all at the end.
    async fn top_up(&self, pool: &Inner) {
        let no_wait = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let mut acquired = Vec::new();
        while pool.status().size < self.min_connections {
            match pool.timeout_get(&no_wait).await {
                Ok(object) => acquired.push(object),
                // All sessions are in use, or connecting fails.
                Err(_) => break,
            }
        }
    }
}

async fn maintain(maintenance: Arc<Maintenance>, pool: WeakPool<Manager>) {
    loop {
        {
            let Some(pool) = pool.upgrade() else { return };
            if !maintenance.round(&pool).await {
                return;
            }
        }
        tokio::time::sleep(maintenance.interval).await;
    }
}
