//! The servers of a database: one, or several that hold the same data.

use std::path::PathBuf;

use super::options::DatabaseOptions;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

/// In which order the servers of a database are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerOrder {
    /// As they are listed: the first that can be used has all connections. When one before it is back, they return to it within about
    /// a minute.
    #[default]
    Listed,
    /// At random for each connection, so that all have their part.
    Random,
}

impl Address {
    pub(super) fn is_local(&self) -> bool {
        match self {
            Address::Socket(_) => true,
            Address::Tcp { host, .. } => {
                host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

impl DatabaseOptions {
    /// One more server with the same data and accounts: a node of the same cluster, or a replica. Of a database with several servers, what
    /// can't be reached or refuses connections is passed over, and left alone for a while; connections that may write are made only to servers
    /// that take changes: not to one that says `read_only`, nor to a node of a cluster that is not ready (`wsrep_ready`). A server is
    /// asked that when it is connected to, and again before a connection is lent that was not asked for half a second.
    #[must_use]
    pub fn server(mut self, host: impl Into<String>, port: u16) -> DatabaseOptions {
        self.servers.push(Address::Tcp { host: host.into(), port });
        self
    }

    /// In which order several servers are tried: as they are listed by default.
    #[must_use]
    pub fn server_order(mut self, order: ServerOrder) -> DatabaseOptions {
        self.server_order = order;
        self
    }

    /// Gives guests with `read` grants, and engines that are `read-only`, connections to replicas (servers that say `read_only`) where one can be
    /// used, else to any server. They have a pool of their own then, of the same size: a database has up to twice
    /// `max_connections`. What they read can be older than what others have committed. Off by default: all read where is written.
    #[must_use]
    pub fn prefer_replicas(mut self, prefer: bool) -> DatabaseOptions {
        self.prefer_replicas = prefer;
        self
    }

    pub(crate) fn has_several_servers(&self) -> bool {
        self.servers.len() > 1
    }

    /// Whether sessions that only read are made elsewhere than those that write.
    pub(crate) fn reads_elsewhere(&self) -> bool {
        self.prefer_replicas && self.has_several_servers()
    }

    /// Whether all of them are on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.servers.iter().all(Address::is_local)
    }
}
