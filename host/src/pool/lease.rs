//! A borrowed session. Whatever happens to its borrower, it goes back clean or is closed: dropping a lease closes it.

use std::time::{Duration, Instant};

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::manager::Manager;
use crate::driver::{Killer, Session};
use crate::types::{Error, Result};

/// A reset is three short statements; a server that takes longer is not worth waiting for.
const RESET_TIMEOUT: Duration = Duration::from_secs(2);

/// A session on loan, with the guest's permits for it.
#[derive(Debug)]
pub(crate) struct Lease {
    object: Option<Object<Manager>>,
    killer: Killer,
    runtime: Handle,
    /// The guest's quotas, given back when the session is, or is closed.
    permits: Vec<OwnedSemaphorePermit>,
    /// Something was sent since it was lent.
    used: bool,
    /// The server may be busy with a statement of ours.
    running: bool,
}

impl Lease {
    pub(super) fn new(object: Object<Manager>, killer: Killer, runtime: Handle, permit: OwnedSemaphorePermit) -> Lease {
        Lease { object: Some(object), killer, runtime, permits: vec![permit], used: false, running: false }
    }

    /// Adds a quota to give back with the session.
    pub(crate) fn with_permit(mut self, permit: OwnedSemaphorePermit) -> Lease {
        self.permits.push(permit);
        self
    }

    /// The session, for something that sends.
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        self.used = true;
        match &mut self.object {
            Some(object) => Ok(&mut object.session),
            None => Err(Error::closed("the connection was given back")),
        }
    }

    /// Says that a statement is sent, or that its answer has come. A lease that is dropped in between has the statement killed.
    pub(crate) fn set_running(&mut self, running: bool) {
        self.running = running;
    }

    /// Where background work of this lease runs.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Gives the session back, after a reset in the background if it was used. It must be between two statements.
    pub(crate) fn give_back(mut self) {
        if !self.used {
            drop(self.object.take());
            return;
        }
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            let mut lease = self;
            let Some(object) = &mut lease.object else { return };
            match tokio::time::timeout(RESET_TIMEOUT, object.session.reset()).await {
                Ok(Ok(())) => {
                    object.seen = Instant::now();
                    // The pool has it from here; until here, dropping this task closes it.
                    drop(lease.object.take());
                }
                Ok(Err(error)) => tracing::warn!(%error, "a session could not be reset, and is closed"),
                Err(_) => tracing::warn!("resetting a session took too long, and it is closed"),
            }
        });
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        // Frees its place in the pool at once.
        let session = Object::take(object).session;
        // Also where the connection seems gone: the driver calls it so while a command is in flight.
        if self.running {
            self.killer.kill(&self.runtime, session.id(), session.connected);
        }
        // Dropping a connection touches the runtime it lives in.
        let _runtime = self.runtime.enter();
        session.abort();
    }
}
