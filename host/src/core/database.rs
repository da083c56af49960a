//! A database that the embedder offers.

use std::sync::{Arc, OnceLock};

use crate::config::ConfigError;
use crate::driver::{DatabaseOptions, ServerInfo};
use crate::pool::{Numbers, Pool};

/// A database: its address, account and pool. Cheap to clone; all clones are one pool, shared by every guest that is granted it.
///
/// It connects when a guest first needs it.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    /// Asked of the server with the first connection.
    server: OnceLock<ServerInfo>,
}

/// How a database's pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Connections it may have.
    pub max_size: usize,
    /// Connections it has.
    pub size: usize,
    /// Those that wait for a borrower.
    pub idle: usize,
    /// Those that are lent.
    pub in_use: usize,
    /// Borrowers that wait.
    pub waiting: usize,
}

impl Database {
    /// A database with these options. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`] where the options can't work, or would send passwords in plain text to another machine.
    pub fn new(options: DatabaseOptions) -> Result<Database, ConfigError> {
        options.validate()?;
        let pool = Pool::new(Arc::new(options));
        Ok(Database { inner: Arc::new(Inner { pool, server: OnceLock::new() }) })
    }

    /// How the pool stands now.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let Numbers { max_size, size, idle, in_use, waiting } = self.pool().numbers();
        PoolStatus { max_size, size, idle, in_use, waiting }
    }

    /// Refuses new borrowers, and closes idle connections. Lent ones are closed when they come back.
    pub fn close(&self) {
        self.pool().close();
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    pub(super) fn server(&self) -> &OnceLock<ServerInfo> {
        &self.inner.server
    }
}
