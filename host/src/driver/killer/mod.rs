//! Stops what a closed connection left running: closing a socket does not end its statement on the server.

mod ward;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

use super::session_settings::LONGEST;
use super::{Connector, SessionId};
use crate::telemetry::PoolMeters;
use ward::{Condemned, Ward, Work};

/// Whatever is to be kept until the server has ended a session. Dropping it lets go.
type Place = Box<dyn Any + Send>;

/// What a clock of whole seconds can be off.
const CLOCK_PRECISION: Duration = Duration::from_secs(1);

/// One side connection a server, outside of the pool's size, opened when it is first needed.
#[derive(Debug, Clone)]
pub(crate) struct Killer {
    shared: Arc<Shared>,
    /// Dropped with the pool and the last lease.
    _used: Arc<Used>,
}

/// What the tasks that kill have.
#[derive(Debug)]
struct Shared {
    connector: Arc<Connector>,
    meters: Arc<PoolMeters>,
    wards: Vec<Ward>,
    /// From now on no side connection is kept, and no server that is out of reach is tried again and again.
    ending: AtomicBool,
}

/// Says when nobody is left for whom anything is to be killed.
#[derive(Debug)]
struct Used(Arc<Shared>);

impl Killer {
    pub(crate) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Killer {
        let wards = (0..connector.servers()).map(|_| Ward::default()).collect();
        let shared = Arc::new(Shared { connector, meters, wards, ending: AtomicBool::new(false) });
        Killer { _used: Arc::new(Used(Arc::clone(&shared))), shared }
    }

    /// Kills a session, in the background, and keeps its place until it has ended, the server is out of reach, or `limit` has passed, by
    /// which the server ends its statement. It must not be in use any more: a kill can be late, and would hit the next statement.
    pub(crate) fn kill(&self, runtime: &Handle, id: SessionId, limit: Duration, place: Place) {
        let server = id.server;
        let Some(ward) = self.shared.wards.get(server) else { return };
        let limit = limit.min(LONGEST).saturating_add(CLOCK_PRECISION);
        if ward.add(Condemned::new(id, limit, place)) {
            runtime.spawn(ward::work(Work::new(Arc::clone(&self.shared), server)));
        }
    }

    /// Closes the side connections, and keeps none from now on.
    pub(crate) fn end(&self) {
        self.shared.end();
    }
}

impl Shared {
    fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
        self.wards.iter().for_each(Ward::end);
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }
}

impl Drop for Used {
    fn drop(&mut self) {
        self.0.end();
    }
}
