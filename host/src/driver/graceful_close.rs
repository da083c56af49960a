//! A connection that takes leave of the server: dropped, the driver would just close the socket, and the server counts and logs that
//! as a client that has died.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use mysql_async::Conn;
use tokio::runtime::Handle;

use super::connector::Presence;

/// Writing five bytes; a server that does not take them is gone.
const DEADLINE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct GracefulClose {
    /// There until it is taken, after which nothing is asked of it, or until this is dropped.
    conn: Option<Conn>,
    runtime: Handle,
    /// There as long as the connection.
    presence: Option<Presence>,
}

impl GracefulClose {
    /// Of a connection that was made in the runtime that runs now.
    pub(super) fn new(conn: Conn, presence: Presence) -> GracefulClose {
        GracefulClose { conn: Some(conn), runtime: Handle::current(), presence: Some(presence) }
    }

    /// The connection, to end without a word. Until this is dropped it counts as open: the server may be at work for it.
    pub(super) fn take(&mut self) -> Option<Conn> {
        self.conn.take()
    }

    /// Whether the connection is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.conn.as_ref().is_none_or(Conn::is_disconnected)
    }
}

impl Deref for GracefulClose {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("what is taken is gone"),
        }
    }
}

impl DerefMut for GracefulClose {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.conn {
            Some(conn) => conn,
            None => unreachable!("what is taken is gone"),
        }
    }
}

impl Drop for GracefulClose {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // Dropping a connection, too, touches the runtime it lives in.
        let _runtime = self.runtime.enter();
        // The driver calls it so also while a command is in flight: nothing can be said then.
        if !conn.is_disconnected() {
            let presence = self.presence.take();
            self.runtime.spawn(async move {
                // What takes longer is dropped, which closes the socket.
                let _ = tokio::time::timeout(DEADLINE, conn.disconnect()).await;
                drop(presence);
            });
        }
    }
}
