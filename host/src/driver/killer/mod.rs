//! Kills sessions for which the server may still work when their connection is closed: a statement
//! runs, or a transaction must be rolled back. Closing the socket does not end a statement.

mod pending_kills;
mod side_connection;
mod worker;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;

use self::pending_kills::{PendingKill, PendingKills};
pub(crate) use self::worker::MAX_SIDE_CONNECTIONS;
use self::worker::Worker;
use super::{Connector, SessionId};
use crate::telemetry::PoolMeters;

/// The pool slot and the guest's permits of a session that has not ended at the server yet.
/// Dropping it frees them.
type HeldSlot = Box<dyn Any + Send>;

/// Kills sessions over side connections. The first side connection of a server is opened on first
/// use. Side connections do not count as connections of the pool.
#[derive(Debug, Clone)]
pub(crate) struct Killer {
    shared: Arc<Shared>,
    /// Dropped with the pool and the last lease.
    _end_on_drop: Arc<EndOnDrop>,
}

/// The state that the worker tasks share.
#[derive(Debug)]
struct Shared {
    connector: Arc<Connector>,
    meters: Arc<PoolMeters>,
    /// For each server of the database.
    pending: Vec<PendingKills>,
    /// After the end, no side connection is kept open, and kills at unreachable servers are tried
    /// only once more.
    ending: AtomicBool,
}

/// Ends the killer when its last clone is dropped.
#[derive(Debug)]
struct EndOnDrop(Arc<Shared>);

impl Killer {
    pub(crate) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Self {
        let pending = (0..connector.servers()).map(|_| PendingKills::default()).collect();
        let shared = Arc::new(Shared { connector, meters, pending, ending: AtomicBool::new(false) });
        Self { _end_on_drop: Arc::new(EndOnDrop(Arc::clone(&shared))), shared }
    }

    /// Kills a session in the background.
    ///
    /// `slot` is held until the session has ended or the server is unreachable. The session must
    /// not be in use any more: a late KILL would hit its next statement.
    pub(crate) fn kill(&self, runtime: &Handle, id: SessionId, slot: HeldSlot) {
        let server = id.server;
        let Some(pending) = self.shared.pending.get(server) else { return };
        let open = self.shared.connector.count_as_open();
        if pending.add(PendingKill::new(id, slot, open)) {
            runtime.spawn(worker::run(Worker::new(Arc::clone(&self.shared), server)));
        }
    }

    /// Closes the idle side connections. From now on, no side connection is kept open.
    pub(crate) fn end(&self) {
        self.shared.end();
    }
}

impl Shared {
    fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
        self.pending.iter().for_each(PendingKills::end);
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.end();
    }
}
