//! The server at which a test runs.

use wasmysql::EngineInfo;

/// A server, as far as tests depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb {
        /// The major and the minor version.
        version: (u32, u32),
    },
}

impl Server {
    /// Returns the server that an engine describes.
    pub fn of(engine: &EngineInfo) -> Self {
        match engine.server_flavour.as_str() {
            "mysql" => Self::MySql,
            _ => {
                let mut numbers = engine.server_version.split('.').map(|number| number.parse().unwrap_or(0));
                Self::MariaDb { version: (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) }
            }
        }
    }

    /// Returns a query of whether the session is in a transaction, which MySQL does not report.
    pub fn in_transaction(self) -> Option<&'static str> {
        match self {
            Self::MySql => None,
            Self::MariaDb { .. } => Some("SELECT @@in_transaction"),
        }
    }

    /// Returns a query of the isolation level.
    pub fn isolation(self) -> &'static str {
        match self {
            Self::MySql => "SELECT @@transaction_isolation",
            Self::MariaDb { .. } => "SELECT @@tx_isolation",
        }
    }
}
