//! Stops what a closed connection left running: closing a socket does not end its statement on the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::{DatabaseOptions, Session};
use crate::types::{Error, ErrorKind, Result, Step};

/// Connecting and killing; it happens in the background and is given up after this.
const DEADLINE: Duration = Duration::from_secs(2);

/// A side connection that is opened when it is first needed, outside of the pool's size.
#[derive(Debug, Clone)]
pub(crate) struct Killer {
    options: Arc<DatabaseOptions>,
    session: Arc<Mutex<Option<Session>>>,
}

impl Killer {
    pub(crate) fn new(options: Arc<DatabaseOptions>) -> Killer {
        Killer { options, session: Arc::default() }
    }

    /// Kills the session with this id, in the background. It must not be in use any more: a kill can be late, and would
    /// hit the next statement.
    pub(crate) fn kill(&self, runtime: &Handle, id: u32, connected: Instant) {
        let killer = self.clone();
        runtime.spawn(async move {
            match tokio::time::timeout(DEADLINE, killer.run(id, connected)).await {
                Ok(Ok(())) => tracing::debug!(session = id, "killed an abandoned statement"),
                Ok(Err(error)) => tracing::warn!(session = id, %error, "an abandoned statement could not be killed"),
                Err(_) => tracing::warn!(session = id, "killing an abandoned statement took too long"),
            }
        });
    }

    async fn run(&self, id: u32, connected: Instant) -> Result<()> {
        let mut slot = self.session.lock().await;
        // Taken out while in use: if the deadline drops this future, the connection goes with it.
        let mut session = match slot.take() {
            Some(mut session) => match session.ping().await {
                Ok(()) => session,
                Err(_) => Session::connect(&self.options).await?,
            },
            None => Session::connect(&self.options).await?,
        };
        // A server that has restarted since gives its ids to others.
        let uptime = Duration::from_secs(session.server_uptime().await?);
        if connected.elapsed() > uptime + Duration::from_secs(1) {
            return Err(Error::timeout(Step::Connect, "the server has restarted since"));
        }
        let killed = session.command(&format!("KILL {id}")).await;
        *slot = Some(session);
        match killed {
            // 1094: it has ended by itself.
            Err(error) if !matches!(&error.kind, ErrorKind::Server(server) if server.code == 1094) => Err(error),
            _ => Ok(()),
        }
    }
}
