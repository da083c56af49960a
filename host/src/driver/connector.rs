//! Where sessions come from, and how many there are: the last of a database is waited for when its host shuts down.

use std::sync::Arc;

use mysql_async::Opts;
use tokio::sync::watch;

use super::connect::opts;
use super::options::DatabaseOptions;
use super::session::Session;
use crate::types::Result;

/// Makes the sessions of one database.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) options: DatabaseOptions,
    open: Arc<watch::Sender<usize>>,
}

/// Counts a session as open for as long as it lives.
#[derive(Debug)]
pub(super) struct Presence {
    open: Arc<watch::Sender<usize>>,
}

impl Connector {
    pub(crate) fn new(options: DatabaseOptions) -> Connector {
        Connector { options, open: Arc::new(watch::Sender::new(0)) }
    }

    /// A session that is logged in. It has no deadline of its own.
    pub(crate) async fn connect(&self) -> Result<Session> {
        let opts: Opts = opts(&self.options)?;
        Session::connect(opts, &self.options, Presence::of(&self.open)).await
    }

    /// Waits until no session is open any more.
    pub(crate) async fn all_closed(&self) {
        let mut open = self.open.subscribe();
        // The sender lives as long as this.
        let _ = open.wait_for(|open| *open == 0).await;
    }
}

impl Presence {
    fn of(open: &Arc<watch::Sender<usize>>) -> Presence {
        open.send_modify(|open| *open += 1);
        Presence { open: Arc::clone(open) }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.open.send_modify(|open| *open -= 1);
    }
}
