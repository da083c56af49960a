//! Stops what a closed connection left running: closing a socket does not end its statement on the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::{Connector, Session, SessionId};
use crate::telemetry::PoolMeters;
use crate::types::{Error, ErrorKind, Result, Step};

/// What a clock of whole seconds can be off.
const UPTIME_PRECISION: Duration = Duration::from_secs(1);

/// A side connection that is opened when it is first needed, outside of the pool's size.
#[derive(Debug, Clone)]
pub(crate) struct Killer {
    connector: Arc<Connector>,
    session: Arc<Mutex<Option<Session>>>,
    /// From now on the side connection is closed after each kill.
    ending: Arc<AtomicBool>,
    meters: Arc<PoolMeters>,
}

impl Killer {
    pub(crate) fn new(connector: Arc<Connector>, meters: Arc<PoolMeters>) -> Killer {
        Killer { connector, session: Arc::default(), ending: Arc::default(), meters }
    }

    /// Kills a session, in the background. It must not be in use any more: a kill can be late, and would hit the next statement.
    pub(crate) fn kill(&self, runtime: &Handle, id: SessionId) {
        let killer = self.clone();
        runtime.spawn(async move {
            let session = id.number;
            match tokio::time::timeout(killer.connector.options.kill_timeout, killer.run(id)).await {
                Ok(Ok(())) => {
                    killer.meters.killed(None);
                    tracing::debug!(session, "killed an abandoned statement");
                }
                Ok(Err(error)) => {
                    killer.meters.killed(Some(error.kind.name()));
                    tracing::warn!(session, %error, "an abandoned statement could not be killed");
                }
                Err(_) => {
                    killer.meters.killed(Some(ErrorKind::Timeout(Step::Execute).name()));
                    tracing::warn!(session, "killing an abandoned statement took too long");
                }
            }
        });
    }

    /// Closes the side connection, and keeps none from now on.
    pub(crate) async fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
        drop(self.session.lock().await.take());
    }

    async fn run(&self, id: SessionId) -> Result<()> {
        let mut slot = self.session.lock().await;
        // Taken out while in use: if the deadline drops this future, the connection goes with it.
        let (mut session, uptime) = match slot.take() {
            Some(mut session) if session.id().server == id.server => match session.server_uptime().await {
                Ok(uptime) => (session, uptime),
                Err(_) => self.connect(&id).await?,
            },
            _ => self.connect(&id).await?,
        };
        // A name can lead to another server by now, and a server that has restarted since gives its ids to others.
        let has_restarted = id.connected.elapsed() > uptime + UPTIME_PRECISION;
        if has_restarted || session.id().identity != id.identity {
            *slot = self.kept(session);
            return Err(Error::timeout(Step::Connect, "the server is not the one that it ran on"));
        }
        let killed = session.command(&format!("KILL {}", id.number)).await;
        *slot = self.kept(session);
        match killed {
            // 1094: it has ended by itself.
            Err(error) if !matches!(&error.kind, ErrorKind::Server(server) if server.code == 1094) => Err(error),
            _ => Ok(()),
        }
    }

    fn kept(&self, session: Session) -> Option<Session> {
        (!self.ending.load(Ordering::Relaxed)).then_some(session)
    }

    async fn connect(&self, id: &SessionId) -> Result<(Session, Duration)> {
        let mut session = self.connector.connect_to(id.server).await?;
        let uptime = session.server_uptime().await?;
        Ok((session, uptime))
    }
}
