//! A lease of a session. `release` resets the session and returns it to the pool. Dropping the
//! lease closes the session, so an unclean session never returns to the pool. If the server may
//! still work for it, the slot stays occupied until the server has ended the session.

use std::time::Instant;

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::manager::Manager;
use crate::driver::{Killer, Session};
use crate::telemetry::Discarded;
use crate::types::{Error, Result};

/// An acquired session, with the guest's permits for it.
#[derive(Debug)]
pub(crate) struct Lease {
    object: Option<Object<Manager>>,
    killer: Killer,
    runtime: Handle,
    /// The guest's quotas. They are released with the session, or when the server has ended the
    /// session.
    permits: Vec<OwnedSemaphorePermit>,
    state: LeaseState,
}

/// The use of the session during this lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LeaseState {
    /// Nothing was sent. The session may have broken while it was idle.
    Untouched,
    /// The server answered everything that was sent.
    Used,
    /// The server may be executing a command. `untested` until it has answered the first one.
    InFlight { untested: bool },
}

impl Lease {
    pub(super) fn new(
        mut object: Object<Manager>,
        killer: Killer,
        runtime: Handle,
        permits: Vec<OwnedSemaphorePermit>,
    ) -> Self {
        object.meter.acquired();
        let object = Some(object);
        Self { object, killer, runtime, permits, state: LeaseState::Untouched }
    }

    /// Returns the session to send a command. If the lease is dropped before `answered`, the
    /// command is killed at the server.
    pub(crate) fn begin(&mut self) -> Result<&mut Session> {
        self.state = LeaseState::InFlight { untested: self.is_untested() };
        self.session()
    }

    /// Records that the server has answered the command.
    pub(crate) fn answered(&mut self) {
        self.state = LeaseState::Used;
    }

    /// Records that the server is still sending the response.
    pub(crate) fn unfinished(&mut self) {
        self.state = LeaseState::InFlight { untested: false };
    }

    /// Returns the session, to read its state or to send a query of the host.
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        match &mut self.object {
            Some(object) => Ok(&mut object.session),
            None => Err(already_released()),
        }
    }

    /// Returns whether the server has not answered during this lease yet. Such a session can be
    /// stale: it may have broken while it was idle.
    pub(crate) fn is_untested(&self) -> bool {
        matches!(self.state, LeaseState::Untouched | LeaseState::InFlight { untested: true })
    }

    /// Replaces a stale session with a new session.
    pub(crate) async fn renew(&mut self) -> Result<()> {
        let object = self.object.as_mut().ok_or_else(already_released)?;
        let pool = Object::pool(object).ok_or_else(super::closed)?;
        let mut new = pool.manager().connect().await?;
        new.meter.acquired();
        let mut old = std::mem::replace(&mut **object, new);
        self.state = LeaseState::Used;
        old.meter.discard(Discarded::Lost);
        old.session.abort();
        Ok(())
    }

    /// Reports that the server refused a statement like a read-only server or a cluster node that
    /// is not ready. The health of the server is checked before any of its sessions is acquired
    /// again. Returns `false` if the database has no other server.
    pub(crate) fn suspect_server(&self) -> bool {
        let Some(object) = &self.object else { return false };
        Object::pool(object).is_some_and(|pool| pool.manager().suspect(&object.session))
    }

    /// Returns since when the session can hold named locks, or `None` if it holds none.
    pub(crate) fn locks_since(&self) -> Option<Instant> {
        self.object.as_ref().and_then(|object| object.session.locks_since())
    }

    /// Returns the runtime for background work of this lease.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Releases the session to the pool. A used session is first reset in the background. No
    /// command may be in flight.
    pub(crate) fn release(mut self) {
        let Some(object) = &mut self.object else { return };
        if self.state == LeaseState::Untouched {
            object.meter.returned();
            drop(self.object.take());
            return;
        }
        object.meter.use_ended();
        // The reason if the pool no longer exists.
        object.meter.discard(Discarded::Closed);
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            let mut lease = self;
            let Some(object) = &mut lease.object else { return };
            let Some(pool) = Object::pool(object) else { return };
            let timeout = pool.manager().reset_timeout();
            drop(pool);
            object.meter.discard(Discarded::Reset);
            let start = Instant::now();
            match tokio::time::timeout(timeout, object.session.reset()).await {
                Ok(Ok(())) => {
                    object.seen = Instant::now();
                    object.meter.meters().reset(start.elapsed());
                    object.meter.keep();
                    object.meter.returned();
                    // This returns the session to the pool. Until here, dropping the task closes
                    // it.
                    drop(lease.object.take());
                }
                Ok(Err(error)) => tracing::warn!(%error, "resetting a session failed; the session is closed"),
                Err(_) => tracing::warn!("resetting a session took too long; the session is closed"),
            }
        });
    }

    /// Closes the session for this reason.
    pub(crate) fn discard(self, reason: Discarded) {
        if let Some(object) = &self.object {
            object.meter.discard(reason);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        object.meter.close();
        // Closing a connection uses the runtime in which it was opened.
        let _runtime = self.runtime.enter();
        // The driver does not know whether the server still works: it also reports a connection as
        // closed while a command is in flight.
        let is_busy = matches!(self.state, LeaseState::InFlight { .. }) || !object.session.is_settled();
        object.session.abort();
        let id = object.session.id().clone();
        let slot = HeldSlot { object: Some(object), _permits: std::mem::take(&mut self.permits) };
        if is_busy {
            self.killer.kill(&self.runtime, id, Box::new(slot));
        }
    }
}

/// The pool slot and the guest's permits of a session whose socket is closed. Dropping it frees
/// them, and removes the session from the metrics.
#[derive(Debug)]
struct HeldSlot {
    object: Option<Object<Manager>>,
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Drop for HeldSlot {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

fn already_released() -> Error {
    Error::closed("the connection was released")
}
