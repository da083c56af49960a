//! The servers of a database. Several servers of one database hold the same data.

use std::path::PathBuf;

use super::options::DatabaseOptions;

/// The address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

/// The order in which the host tries the servers of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ServerOrder {
    /// The order of the list. All connections use the first usable server. When a preferred server
    /// is usable again, connections migrate back to it within about a minute.
    #[default]
    Listed,
    /// A random order for each connection, so that connections spread over all servers.
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
    /// Adds a server with the same data and accounts: another node of the cluster, or a replica.
    ///
    /// The host skips a server that is unreachable or refuses connections. It tries the server
    /// again after a backoff of 1 s, which doubles with each failure up to 60 s.
    ///
    /// Connections that may write use only servers that accept changes. A server with `read_only`,
    /// and a cluster node that is not ready (`wsrep_ready`), are skipped. The host checks this when
    /// it connects, and before a guest acquires a connection whose last check is more than half a
    /// second old.
    ///
    /// The encryption applies to all servers, and this method does not change it. Options for a
    /// server on loopback use plain text, so set [`tls`](Self::tls) when you add a server on
    /// another machine.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::{DatabaseOptions, ServerOrder};
    ///
    /// let options = DatabaseOptions::tcp("db1.example", 3306)
    ///     .server("db2.example", 3306)
    ///     .server_order(ServerOrder::Listed)
    ///     .prefer_replicas(true);
    /// ```
    #[must_use]
    pub fn server(mut self, host: impl Into<String>, port: u16) -> Self {
        self.servers.push(Address::Tcp { host: host.into(), port });
        self
    }

    /// Sets the order in which the host tries several servers.
    ///
    /// The default is [`ServerOrder::Listed`].
    #[must_use]
    pub fn server_order(mut self, order: ServerOrder) -> Self {
        self.server_order = order;
        self
    }

    /// Sets whether read-only guests use replicas.
    ///
    /// The default is `false`: read-only guests use the same server as all other guests. It needs
    /// several servers.
    ///
    /// With `true`, guests with `read` grants and engines that are `read-only` connect to a
    /// replica, which is a server with `read_only`. If no replica is usable, they connect to any
    /// server. A replica can lag behind, so these guests can miss rows that are already committed.
    /// They use a second pool of the same size, so the database has up to twice
    /// [`max_connections`](Self::max_connections).
    #[must_use]
    pub fn prefer_replicas(mut self, prefer: bool) -> Self {
        self.prefer_replicas = prefer;
        self
    }

    pub(crate) fn has_several_servers(&self) -> bool {
        self.servers.len() > 1
    }

    /// Returns whether read-only guests have a pool of their own.
    pub(crate) fn reads_elsewhere(&self) -> bool {
        self.prefer_replicas && self.has_several_servers()
    }

    /// Returns whether all servers are on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.servers.iter().all(Address::is_local)
    }
}
