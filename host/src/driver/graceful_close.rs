//! Closes connections gracefully, with COM_QUIT. The driver's own drop only closes the socket,
//! which the server counts and logs as an aborted client.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use mysql_async::Conn;
use tokio::runtime::Handle;

use super::connector::OpenSession;

/// The time limit for sending COM_QUIT, which has five bytes. A server that does not accept them in
/// that time is unreachable.
const DEADLINE: Duration = Duration::from_secs(1);

pub(super) struct GracefulClose {
    /// `None` after `take`. The connection is not used after that.
    conn: Option<Conn>,
    runtime: Handle,
    /// `None` once `drop` has moved it to the closing task.
    open_session: Option<OpenSession>,
}

impl GracefulClose {
    /// Wraps a connection that was opened in the current runtime.
    pub(super) fn new(conn: Conn, open_session: OpenSession) -> Self {
        Self { conn: Some(conn), runtime: Handle::current(), open_session: Some(open_session) }
    }

    /// Takes the connection, to close it without COM_QUIT. The session counts as open until `self`
    /// is dropped, because the server may still work for it.
    pub(super) fn take(&mut self) -> Option<Conn> {
        self.conn.take()
    }

    /// Returns whether the connection is known to be closed.
    pub(super) fn is_closed(&self) -> bool {
        self.conn.as_ref().is_none_or(Conn::is_disconnected)
    }
}

/// Shows no options of the connection: they include the password and the key of the client
/// certificate.
impl fmt::Debug for GracefulClose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GracefulClose").field(&self.conn.as_ref().map(Conn::id)).finish()
    }
}

impl Deref for GracefulClose {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("the connection is not used after `take`"),
        }
    }
}

impl DerefMut for GracefulClose {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.conn {
            Some(conn) => conn,
            None => unreachable!("the connection is not used after `take`"),
        }
    }
}

impl Drop for GracefulClose {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // Dropping a connection uses the runtime in which it was opened.
        let _runtime = self.runtime.enter();
        // The driver also reports a connection as disconnected while a command is in flight.
        // COM_QUIT can't be sent then.
        if !conn.is_disconnected() {
            let open_session = self.open_session.take();
            self.runtime.spawn(async move {
                // After the timeout the connection is dropped, which closes the socket.
                let _ = tokio::time::timeout(DEADLINE, conn.disconnect()).await;
                drop(open_session);
            });
        }
    }
}
