//! The servers of a database. Several servers of one database hold the same data.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

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

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Socket(path) => write!(f, "{}", path.display()),
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
    /// server. A replica can lag behind, so these guests can miss rows that are already committed;
    /// [`max_replica_lag`](Self::max_replica_lag) limits the lag. They use a second pool of the
    /// same size, so the database has up to twice [`max_connections`](Self::max_connections).
    #[must_use]
    pub fn prefer_replicas(mut self, prefer: bool) -> Self {
        self.prefer_replicas = prefer;
        self
    }

    /// Sets the maximum lag of a replica from which guests read.
    ///
    /// By default, the lag is not limited. It must be at least 1 s, because servers report whole
    /// seconds, and it needs [`prefer_replicas`](Self::prefer_replicas).
    ///
    /// The host reads the lag in the health check, so before a guest acquires a connection whose
    /// last check is more than half a second old. Read-only guests avoid a replica that is further
    /// behind: they use another replica or the primary, and return to the replica within about a
    /// minute after it has caught up. If no server is left, they fail with `unreachable`. While
    /// replication does not run, the lag is the last known lag plus the time since then. So readers
    /// can use a replica whose primary has failed for as long as the limit allows.
    ///
    /// The account needs the global privilege REPLICATION CLIENT on MySQL, and REPLICA MONITOR on
    /// MariaDB. Without it the lag is unknown, and the replicas are not used. Guests with grants
    /// below `any` can't use this privilege themselves.
    ///
    /// The lag is that of SHOW REPLICA STATUS: a replica notices a primary that is silent only
    /// after its own `replica_net_timeout`. The option is not for the members of MySQL Group
    /// Replication, which report no lag there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use wasmysql_host::DatabaseOptions;
    ///
    /// let options = DatabaseOptions::tcp("db1.example", 3306)
    ///     .server("db2.example", 3306)
    ///     .prefer_replicas(true)
    ///     .max_replica_lag(Duration::from_secs(10));
    /// ```
    #[must_use]
    pub fn max_replica_lag(mut self, lag: Duration) -> Self {
        self.max_replica_lag = Some(lag);
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
