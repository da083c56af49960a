//! Inspects each server of a database with several servers.

use super::inspect::{InspectError, with_timeout};
use crate::core::Database;
use crate::driver::{ReplicaLag, ServerHealth};
use crate::types::Result;

/// A server of a database, as [`Database::inspect`] found it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectedServer {
    /// The address: `db2.example:3306`, or the path of a unix socket.
    pub address: String,
    /// The state of the server.
    pub state: ServerState,
}

/// The state of a server of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerState {
    /// The server accepts changes.
    Primary,
    /// The server is read-only, and lags this far behind its primary.
    Replica(ReplicaLag),
    /// The server is a node that has lost its cluster or has not joined it yet.
    NotReady,
    /// The server can't be used, for this reason.
    Unusable(String),
}

/// Connects to each server, one after the other. Returns nothing for a database with one server.
pub(super) async fn inspect(database: &Database) -> Vec<InspectedServer> {
    let pool = database.pool();
    let mut servers = Vec::new();
    if pool.options().has_several_servers() {
        for (server, address) in pool.options().addresses().enumerate() {
            let state = ServerState::of(with_timeout(pool.connector().server_health(server)).await);
            servers.push(InspectedServer { address, state });
        }
    }
    servers
}

impl ServerState {
    fn of(health: Result<ServerHealth>) -> Self {
        match health {
            Ok(ServerHealth { ready: false, .. }) => Self::NotReady,
            Ok(ServerHealth { read_only: true, lag, .. }) => Self::Replica(lag.unwrap_or(ReplicaLag::Unknown)),
            Ok(_) => Self::Primary,
            Err(error) => Self::Unusable(InspectError::from(error).to_string()),
        }
    }
}
