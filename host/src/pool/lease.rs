//! A borrowed session. Whatever happens to its borrower, it goes back clean or is closed: dropping a lease closes it.

use std::time::Instant;

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::manager::Manager;
use crate::driver::{Killer, Session};
use crate::telemetry::Discarded;
use crate::types::{Error, Result};

/// A session on loan, with the guest's permits for it.
#[derive(Debug)]
pub(crate) struct Lease {
    object: Option<Object<Manager>>,
    killer: Killer,
    runtime: Handle,
    /// The guest's quotas, given back when the session is, or when the server has ended it.
    permits: Vec<OwnedSemaphorePermit>,
    /// Something was sent since it was lent.
    used: bool,
    /// Nothing was answered since it was lent, and it has not been renewed.
    untried: bool,
    /// The server may be busy with a statement of ours.
    running: bool,
}

impl Lease {
    pub(super) fn new(
        mut object: Object<Manager>,
        killer: Killer,
        runtime: Handle,
        permits: Vec<OwnedSemaphorePermit>,
    ) -> Lease {
        object.tally.lent();
        let object = Some(object);
        Lease { object, killer, runtime, permits, used: false, untried: true, running: false }
    }

    /// The session, for something that sends. A lease that is dropped before `answered` has the statement killed.
    pub(crate) fn begin(&mut self) -> Result<&mut Session> {
        self.running = true;
        self.session()
    }

    /// Says that the server has answered what `begin` was for, and is busy no more.
    pub(crate) fn answered(&mut self) {
        self.running = false;
        self.untried = false;
    }

    /// Says that more of the answer is on its way.
    pub(crate) fn unfinished(&mut self) {
        self.running = true;
    }

    /// The session, for what it knows or what is sent by the way.
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        self.used = true;
        match &mut self.object {
            Some(object) => Ok(&mut object.session),
            None => Err(given_back()),
        }
    }

    /// Whether nobody knows yet that the session is alive: it can have died while it waited for its borrower.
    pub(crate) fn is_untried(&self) -> bool {
        self.untried
    }

    /// Puts a new session in the place of one that has died.
    pub(crate) async fn renew(&mut self) -> Result<()> {
        let object = self.object.as_mut().ok_or_else(given_back)?;
        let pool = Object::pool(object).ok_or_else(super::closed)?;
        let mut new = pool.manager().connect().await?;
        new.tally.lent();
        let mut old = std::mem::replace(&mut **object, new);
        (self.running, self.untried) = (false, false);
        old.tally.discard(Discarded::Lost);
        old.session.cut();
        Ok(())
    }

    /// Says that the server has refused a statement as one does that takes no changes, or is not ready: it is asked before any of
    /// its sessions is lent again. False where there is no other to take its place.
    pub(crate) fn suspect_server(&self) -> bool {
        let Some(object) = &self.object else { return false };
        Object::pool(object).is_some_and(|pool| pool.manager().suspect(&object.session))
    }

    /// Since when the session may hold locks by name, if it does.
    pub(crate) fn locks_since(&self) -> Option<Instant> {
        self.object.as_ref().and_then(|object| object.session.locks_since())
    }

    /// Where background work of this lease runs.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Gives the session back, after a reset in the background if it was used. It must be between two statements.
    pub(crate) fn give_back(mut self) {
        let Some(object) = &mut self.object else { return };
        if !self.used {
            object.tally.returned();
            drop(self.object.take());
            return;
        }
        object.tally.used();
        // Where the pool is gone.
        object.tally.discard(Discarded::Closed);
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            let mut lease = self;
            let Some(object) = &mut lease.object else { return };
            let Some(pool) = Object::pool(object) else { return };
            let timeout = pool.manager().reset_timeout();
            drop(pool);
            object.tally.discard(Discarded::Reset);
            let began = Instant::now();
            match tokio::time::timeout(timeout, object.session.reset()).await {
                Ok(Ok(())) => {
                    object.seen = Instant::now();
                    object.tally.meters().reset(began.elapsed());
                    object.tally.keep();
                    object.tally.returned();
                    // The pool has it from here; until here, dropping this task closes it.
                    drop(lease.object.take());
                }
                Ok(Err(error)) => tracing::warn!(%error, "a session could not be reset, and is closed"),
                Err(_) => tracing::warn!("resetting a session took too long, and it is closed"),
            }
        });
    }

    /// Closes the session, and says why.
    pub(crate) fn discard(self, why: Discarded) {
        if let Some(object) = &self.object {
            object.tally.discard(why);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        object.tally.close();
        // Closing a connection touches the runtime it lives in.
        let _runtime = self.runtime.enter();
        object.session.cut();
        let (id, limit) = (object.session.id().clone(), object.session.limit());
        let place = Held { object: Some(object), _permits: std::mem::take(&mut self.permits) };
        // Also where the connection seemed gone: the driver calls it so while a command is in flight.
        if self.running {
            self.killer.kill(&self.runtime, id, limit, Box::new(place));
        }
    }
}

/// The place in the pool of a session whose socket is closed, and the guest's quotas for it. Dropping it frees them, and counts the
/// session out.
#[derive(Debug)]
struct Held {
    object: Option<Object<Manager>>,
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

fn given_back() -> Error {
    Error::closed("the connection was given back")
}
