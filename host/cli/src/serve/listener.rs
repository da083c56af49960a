//! The connections of clients: accepts them, and closes them at the end.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::requests::Server;
use crate::exit::Failure;
use crate::log;

/// The time in which a client must send the head of a request, also of a further request on the
/// same connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum size of the head of a request. WASI limits headers to 128 KiB, including its own
/// overhead of each header.
const HEAD_BYTES: usize = 64 << 10;
/// Connections beside those with a request in progress: idle ones, and those that receive a 503.
const IDLE_CONNECTIONS: usize = 1024;
/// The time after the deadline of a request in which the client must have received the answer.
const GRACE: Duration = Duration::from_secs(1);
/// The delay after a failure to accept a connection. The usual reason is temporary: this process
/// has too many open files.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);
/// The interval in which closed connections are removed from the list.
const CLEANUP: Duration = Duration::from_secs(1);

/// The socket and the connections of a server.
pub(super) struct Connections {
    listener: tokio::net::TcpListener,
    address: SocketAddr,
    server: Arc<Server>,
}

/// The deadline of the request on a connection. A client that does not read its response can't
/// delay the end of the request.
#[derive(Debug, Clone)]
pub(super) struct Deadline(watch::Sender<Option<Instant>>);

impl Deadline {
    /// Sets the deadline of the request, or none between requests.
    pub(super) fn set(&self, deadline: Option<Instant>) {
        self.0.send_replace(deadline);
    }
}

/// Binds the address of the server.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let failed = |error| Failure::Host(format!("--addr {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

impl Connections {
    pub(super) fn new(listener: TcpListener, server: Arc<Server>) -> Result<Self, Failure> {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(Failure::host)?;
        let address = listener.local_addr().map_err(Failure::host)?;
        Ok(Self { listener, address, server })
    }

    /// Returns the address at which clients connect.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves connections until `stopped` is set, and then waits at most `drain` for the requests
    /// in progress. Returns whether all of them ended.
    pub(super) async fn serve(self, mut stopped: watch::Receiver<bool>, drain: Duration) -> bool {
        let Self { listener, server, .. } = self;
        let capacity = usize::try_from(server.max_requests()).unwrap_or(usize::MAX).saturating_add(IDLE_CONNECTIONS);
        let permits = Arc::new(Semaphore::new(capacity.min(Semaphore::MAX_PERMITS)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some((stream, permit)) = accept(&listener, &permits) => {
                    connections.spawn(connection(Arc::clone(&server), stream, permit, graceful.watcher()));
                }
                () = sleep(CLEANUP) => {}
            }
            while connections.try_join_next().is_some() {}
        }
        // New clients are refused from here on.
        drop(listener);
        let in_progress = server.in_progress();
        if in_progress > 0 {
            log::print(&format!("stopping; requests in progress: {in_progress}"));
        }
        let all_ended = timeout(drain, graceful.shutdown()).await.is_ok();
        if !all_ended {
            let left = server.in_progress();
            log::print_error(&format!("requests that did not end within {} s and are cut: {left}", drain.as_secs()));
        }
        connections.shutdown().await;
        all_ended
    }
}

/// Waits for capacity and accepts a connection. Returns `None` after a failure.
async fn accept(
    listener: &tokio::net::TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    if permits.available_permits() == 0 {
        tracing::warn!("the maximum number of connections is open, most of them without a request; new clients wait");
    }
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            tracing::warn!(%error, "can't accept a connection");
            sleep(ACCEPT_BACKOFF).await;
            None
        }
    }
}

/// Serves the requests of a connection, one after the other.
async fn connection(server: Arc<Server>, stream: TcpStream, permit: OwnedSemaphorePermit, watcher: Watcher) {
    // Without this, small parts of a response wait for the acknowledgement of earlier ones.
    let _ = stream.set_nodelay(true);
    let (deadline, mut changes) = watch::channel(None);
    let deadline = Deadline(deadline);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (server, deadline) = (Arc::clone(&server), deadline.clone());
        async move { Ok::<_, Infallible>(server.handle(request, deadline).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEAD_BYTES);
    tokio::select! {
        // An error affects only this client, and the request has reported it.
        _ = watcher.watch(http.serve_connection(TokioIo::new(stream), service)) => {}
        () = overdue(&mut changes) => {}
    }
    drop(permit);
}

/// Waits until the deadline of a request has passed.
async fn overdue(deadline: &mut watch::Receiver<Option<Instant>>) {
    loop {
        let current = *deadline.borrow_and_update();
        let expired = async {
            match current {
                Some(deadline) => sleep_until(deadline + GRACE).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = expired => return,
            changed = deadline.changed() => if changed.is_err() { return },
        }
    }
}
