//! What is done to a pool while nobody asks: sessions that are too old or idle for too long are closed, and the few that are to be
//! ready are made.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Timeouts, WeakPool};
use tokio::task::AbortHandle;

use super::Inner;
use super::manager::Manager;
use crate::driver::DatabaseOptions;
use crate::telemetry::Discarded;

/// How often it is done, unless sessions live for less than that.
const INTERVAL: Duration = Duration::from_secs(1);
/// The shortest interval, whatever the options say.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

/// The task of one pool. It ends with the pool, and while there is nothing to do.
#[derive(Debug)]
pub(super) struct Maintenance {
    min_connections: usize,
    idle_timeout: Duration,
    interval: Duration,
    task: Mutex<Option<AbortHandle>>,
}

impl Maintenance {
    pub(super) fn new(options: &DatabaseOptions) -> Arc<Maintenance> {
        let shortest = options.idle_timeout.min(options.max_lifetime);
        Arc::new(Maintenance {
            min_connections: options.min_connections,
            idle_timeout: options.idle_timeout,
            interval: (shortest / 10).clamp(SHORTEST_INTERVAL, INTERVAL),
            task: Mutex::new(None),
        })
    }

    /// Sees to it that the task runs, in the runtime of the caller: the one of before can have ended.
    pub(super) fn run(self: &Arc<Self>, pool: &Inner) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(AbortHandle::is_finished) {
            *task = Some(tokio::spawn(keep(Arc::clone(self), pool.weak())).abort_handle());
        }
    }

    /// One round. False where there is nothing more to do until a session is lent again.
    async fn round(&self, pool: &Inner) -> bool {
        let now = Instant::now();
        let mut size = pool.status().size;
        // Dropped here, they take their leave of the server.
        pool.retain(|pooled, _| {
            let is_spare = size > self.min_connections && now.duration_since(pooled.seen) > self.idle_timeout;
            let discarded = match () {
                () if pooled.session.is_closed() => Some(Discarded::Lost),
                () if now >= pooled.expires => Some(Discarded::Expired),
                () => is_spare.then_some(Discarded::Idle),
            };
            size -= usize::from(discarded.is_some());
            discarded.into_iter().for_each(|why| pooled.tally.discard(why));
            discarded.is_none()
        });
        self.top_up(pool).await;
        !pool.is_closed() && pool.status().size + self.min_connections > 0
    }

    /// Borrows what is idle, which sees whether it is alive, and then what is to be made, until there are enough; and lets go of all.
    async fn top_up(&self, pool: &Inner) {
        let at_once = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        let mut held = Vec::new();
        while pool.status().size < self.min_connections {
            match pool.timeout_get(&at_once).await {
                Ok(object) => held.push(object),
                // All are lent, or the server is in trouble.
                Err(_) => break,
            }
        }
    }
}

async fn keep(maintenance: Arc<Maintenance>, pool: WeakPool<Manager>) {
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
