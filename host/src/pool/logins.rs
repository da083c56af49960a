//! Each login runs in its own task, so that a cancelled call does not abort the handshake. A server
//! blocks an address after too many aborted handshakes (error 1129). An abandoned login continues
//! in the background, and the next call that needs a session adopts it.

use std::future::Future;
use std::mem;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::driver::Session;
use crate::types::{Error, ErrorKind, Result};

/// A session that no call adopts within this time is closed. It is not a connection of the pool,
/// but it counts against the connection limits of the server and the account.
const ADOPTION_TIME: Duration = Duration::from_secs(1);
/// If this number of logins is abandoned, a call waits for the oldest instead of starting another.
/// So at most one login exceeds the size of the pool (`Database::required_connections`).
const MAX_ABANDONED: usize = 2;

/// The logins whose calls were cancelled.
#[derive(Debug, Default)]
pub(super) struct Logins {
    abandoned: Arc<Abandoned>,
}

type Abandoned = Mutex<Vec<Login>>;

/// A login. Dropping it aborts it, or closes its session.
#[derive(Debug)]
struct Login {
    result: oneshot::Receiver<Result<Session>>,
    task: AbortHandle,
}

impl Logins {
    /// Logs in, or adopts an abandoned login. Cancel safe: the login continues in the background.
    pub(super) async fn log_in<F>(&self, connect: impl FnOnce() -> F) -> Result<Session>
    where
        F: Future<Output = Result<Session>> + Send + 'static,
    {
        loop {
            if let Some(session) = self.adopt() {
                return Ok(session);
            }
            let oldest = {
                let mut abandoned = self.abandoned.lock();
                (abandoned.len() >= MAX_ABANDONED).then(|| abandoned.remove(0))
            };
            let Some(oldest) = oldest else { break };
            // Its error may be outdated, so this call tries another login.
            if let Some(Ok(session)) = self.wait(oldest).await {
                return Ok(session);
            }
        }
        let login = Login::start(connect(), Arc::downgrade(&self.abandoned));
        let result = self.wait(login).await;
        result.unwrap_or_else(|| Err(Error::new(ErrorKind::Unreachable, "the runtime of the connection has ended")))
    }

    /// Returns the session of an abandoned login that has succeeded. Removes all other logins that
    /// have ended.
    fn adopt(&self) -> Option<Session> {
        let mut session = None;
        self.abandoned.lock().retain_mut(|login| match login.result.try_recv() {
            Err(oneshot::error::TryRecvError::Empty) => true,
            Ok(Ok(connected)) if session.is_none() && !connected.is_closed() => {
                session = Some(connected);
                false
            }
            // Dropping the result closes further sessions.
            Ok(_) | Err(oneshot::error::TryRecvError::Closed) => false,
        });
        session
    }

    /// Waits for a login. Returns `None` if the runtime of the login has ended.
    async fn wait(&self, login: Login) -> Option<Result<Session>> {
        let mut waiting = Waiting { abandoned: &self.abandoned, login: Some(login) };
        let result = match &mut waiting.login {
            Some(login) => (&mut login.result).await.ok(),
            None => None,
        };
        waiting.login = None;
        result
    }

    /// Closes all abandoned sessions, and aborts the logins.
    pub(super) fn close(&self) {
        drop(mem::take(&mut *self.abandoned.lock()));
    }
}

impl Login {
    fn start(connect: impl Future<Output = Result<Session>> + Send + 'static, abandoned: Weak<Abandoned>) -> Self {
        let (sender, result) = oneshot::channel();
        let task = tokio::spawn(async move {
            let _unsent = sender.send(connect.await);
            tokio::time::sleep(ADOPTION_TIME).await;
            // Reached only if no call has taken the result: taking it drops the login, which aborts
            // this task.
            let Some(abandoned) = abandoned.upgrade() else { return };
            let own = tokio::task::id();
            let expired: Vec<_> = abandoned.lock().extract_if(.., |login| login.task.id() == own).collect();
            drop(expired);
        });
        Self { result, task: task.abort_handle() }
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps the login if the call that waits for it is cancelled.
struct Waiting<'l> {
    abandoned: &'l Abandoned,
    login: Option<Login>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // A task that has ended can't remove its login after the adoption time any more.
        if let Some(login) = self.login.take().filter(|login| !login.task.is_finished()) {
            self.abandoned.lock().push(login);
        }
    }
}
