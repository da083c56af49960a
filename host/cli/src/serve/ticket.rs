//! A request as its instance sees it: until when it runs, and whether somebody waits for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use wasmysql_host::GuestRequest;

/// A request that an instance handles.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) request: GuestRequest,
    pub(super) deadline: Instant,
    state: Mutex<State>,
    /// Notified when the instance has failed.
    failed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The instance ended before the end of the response.
    has_failed: bool,
    instance: Weak<Load>,
}

/// The requests of an instance.
#[derive(Debug, Default)]
pub(super) struct Load(Mutex<Requests>);

#[derive(Debug, Default)]
struct Requests {
    tickets: Vec<Arc<Ticket>>,
    /// Wakes the instance if a request is abandoned.
    waker: Option<Waker>,
    /// Whether the host stopped the instance.
    is_stopped: bool,
}

impl Ticket {
    pub(super) fn new(request: GuestRequest, deadline: Instant) -> Arc<Self> {
        Arc::new(Self { request, deadline, state: Mutex::default(), failed: Notify::new() })
    }

    /// Ends the request without a response of the plugin, or before the end of the response.
    pub(super) fn abandon(&self) {
        self.request.cancel();
        let instance = lock(&self.state).instance.upgrade();
        if let Some(instance) = instance {
            instance.wake();
        }
    }

    /// Returns whether the response can't be complete: its instance has ended, or it is late. The
    /// bodies of such responses just end.
    pub(super) fn is_cut(&self) -> bool {
        lock(&self.state).has_failed || Instant::now() >= self.deadline
    }

    /// Waits at most this long for the end of the instance, and returns whether it has failed.
    pub(super) async fn has_failed_within(&self, patience: Duration) -> bool {
        let _ = timeout(patience, self.failed.notified()).await;
        lock(&self.state).has_failed
    }
}

impl Load {
    /// Adds a request that the instance has accepted.
    pub(super) fn accept(self: &Arc<Self>, ticket: Arc<Ticket>) {
        lock(&ticket.state).instance = Arc::downgrade(self);
        lock(&self.0).tickets.push(ticket);
    }

    /// Returns the time until which the instance may work for its requests. `None` if no request
    /// needs it: all are abandoned or past their deadline.
    ///
    /// An instance may work for a completed request until the deadline of the request: it can have
    /// work after the response.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let mut requests = lock(&self.0);
        requests.tickets.retain(|ticket| ticket.deadline > now && !ticket.request.is_cancelled());
        requests.tickets.iter().map(|ticket| ticket.deadline).max()
    }

    /// Records that the instance ends before its requests.
    pub(super) fn fail(&self) {
        for ticket in &lock(&self.0).tickets {
            lock(&ticket.state).has_failed = true;
            ticket.failed.notify_one();
        }
    }

    /// Forgets all requests: the instance has no work.
    pub(super) fn clear(&self) {
        lock(&self.0).tickets.clear();
    }

    /// Returns the ids of the requests without a complete response, for messages. The host may have
    /// answered them already.
    pub(super) fn ids(&self) -> Vec<String> {
        let requests = lock(&self.0);
        let open =
            requests.tickets.iter().filter(|ticket| !ticket.request.has_ended() || ticket.request.is_cancelled());
        open.map(|ticket| ticket.request.id().to_owned()).collect()
    }

    /// Sets the waker of the instance.
    pub(super) fn set_waker(&self, waker: &Waker) {
        let mut requests = lock(&self.0);
        if !requests.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            requests.waker = Some(waker.clone());
        }
    }

    /// Records that the host stops the instance, because no request needs it.
    pub(super) fn stop(&self) {
        lock(&self.0).is_stopped = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        lock(&self.0).is_stopped
    }

    fn wake(&self) {
        let waker = lock(&self.0).waker.clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tracing::Span;

    use super::*;

    #[test]
    fn instance_runs_until_the_last_deadline_of_its_requests() {
        let now = Instant::now();
        let ticket = |seconds| Ticket::new(GuestRequest::new("", Span::none()), now + Duration::from_secs(seconds));
        let load = Arc::new(Load::default());
        assert_eq!(load.deadline(now), None);
        let (first, second) = (ticket(2), ticket(1));
        load.accept(Arc::clone(&first));
        load.accept(Arc::clone(&second));
        assert_eq!(load.deadline(now), Some(first.deadline));
        first.abandon();
        assert_eq!(load.deadline(now), Some(second.deadline));
        assert_eq!(load.deadline(second.deadline), None);
    }
}
