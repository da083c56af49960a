//! What one guest may do with one database.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::database::Database;
use super::limits::Limits;
use crate::config::ConfigError;
use crate::sql::StatementKind;
use crate::telemetry::GuestMeters;
use crate::types::{Error, ErrorKind, IsolationLevel, Result};

/// Which statements a guest may run; each includes the one before it.
///
/// The kind of a statement is told by its keywords. That is the second wall: the first is the account of the database entry, which
/// should have no more rights on the server than its guests need. Transactions are begun and ended through the contract's own
/// calls, and statements that change the session (SET, USE, LOCK TABLES) are the host's, whatever the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Statements {
    /// SELECT, TABLE, VALUES, EXPLAIN, DESCRIBE, SHOW of the schema, without locks that are asked for; in sessions that are read-only at the
    /// server too, whatever a function does that a SELECT calls.
    Read,
    /// And INSERT, REPLACE, UPDATE, DELETE, DO, CALL of procedures of the database's own schema; locks of rows (FOR UPDATE, FOR SHARE, LOCK IN
    /// SHARE MODE, isolation serializable) and by name (GET_LOCK).
    #[default]
    Dml,
    /// And CREATE, ALTER, DROP, RENAME, TRUNCATE of tables, views, indexes and sequences, where the server keeps its own: without directories,
    /// and of engines that reach no other server.
    Ddl,
    /// And whatever the account may do. For guests that are trusted like the host.
    Any,
}

impl Statements {
    const NAMES: [(&'static str, Statements); 4] =
        [("read", Statements::Read), ("dml", Statements::Dml), ("ddl", Statements::Ddl), ("any", Statements::Any)];
}

impl fmt::Display for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Statements::NAMES.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl FromStr for Statements {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Statements, ConfigError> {
        Statements::NAMES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or_else(|| {
            ConfigError::invalid(format!("'{text}' is not a kind of statements; it is read, dml, ddl or any"))
        })
    }
}

/// What one guest may do with one database: kinds of statements, and limits. A guest can choose less for itself, never more.
///
/// ```
/// use std::time::Duration;
/// use wasmysql_host::{Grant, Statements};
///
/// let grant = Grant::new(Statements::Read).max_connections(2).statement_timeout(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Grant {
    pub(crate) statements: Statements,
    pub(crate) limits: Limits,
}

/// A database, as one guest has it.
#[derive(Debug)]
pub(crate) struct GuestDatabase {
    pub(crate) guest: Arc<str>,
    pub(crate) database: Database,
    pub(crate) grant: Grant,
    /// The guest's permits to hold connections.
    pub(crate) quota: Arc<Semaphore>,
    /// Those that it shares with the other guests of its name.
    pub(crate) share: Arc<Semaphore>,
    /// What is counted of it and of those.
    pub(crate) meters: Arc<GuestMeters>,
}

impl GuestDatabase {
    pub(crate) fn new(guest: Arc<str>, database: Database, grant: Grant) -> GuestDatabase {
        let quota = Arc::new(Semaphore::new(grant.limits.connections.min(Semaphore::MAX_PERMITS)));
        let (share, meters) = (database.share_of(&guest), database.meters_of(&guest));
        GuestDatabase { guest, database, grant, quota, share, meters }
    }
}

impl Grant {
    /// These statements, with the default limits.
    #[must_use]
    pub fn new(statements: Statements) -> Grant {
        Grant { statements, limits: Limits::default() }
    }

    /// The statements that may be run.
    #[must_use]
    pub fn statements(&self) -> Statements {
        self.statements
    }

    /// Connections the guest holds at once, 4 by default. Further ones are waited for.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Grant {
        self.limits.connections = connections;
        self
    }

    /// How long the guest waits for a connection, 5 s by default.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.acquire_timeout = timeout;
        self
    }

    /// How long one statement may take to its first rows, 30 s by default. Then it is killed and its session closed.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.statement_timeout = timeout;
        self
    }

    /// How long the server may keep further rows of a result waiting, 30 s by default.
    #[must_use]
    pub fn fetch_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.fetch_timeout = timeout;
        self
    }

    /// How long COMMIT may take, 10 s by default. Then its outcome is `commit-unknown`.
    #[must_use]
    pub fn commit_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.commit_timeout = timeout;
        self
    }

    /// How long a transaction may be open, 60 s by default. Then it is rolled back, whether the guest calls or not.
    #[must_use]
    pub fn transaction_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.transaction_timeout = timeout;
        self
    }

    /// How long a transaction may be open with nothing running in it, 10 s by default. Then it is rolled back, whether the guest
    /// calls or not.
    #[must_use]
    pub fn idle_transaction_timeout(mut self, timeout: Duration) -> Grant {
        self.limits.idle_transaction_timeout = timeout;
        self
    }

    /// Two-phase transactions of guests of this name that are prepared and not decided yet, 8 by default. With as many, none is begun.
    /// They keep their locks when their guest is gone, so a guest that has no use for them is better given 0.
    #[must_use]
    pub fn max_prepared_transactions(mut self, transactions: usize) -> Grant {
        self.limits.prepared_transactions = transactions;
        self
    }

    /// Transactions begun inside each other on one connection, savepoints included, 64 by default.
    #[must_use]
    pub fn max_transaction_depth(mut self, depth: usize) -> Grant {
        self.limits.transaction_depth = depth;
        self
    }

    /// Calls, of all guests of the database, that may wait for a connection when this guest has to, 1,000 by default. One more is
    /// refused at once.
    #[must_use]
    pub fn max_waiters(mut self, waiters: usize) -> Grant {
        self.limits.waiters = waiters;
        self
    }

    /// Prepared statements that the guest holds on one connection, 64 by default.
    #[must_use]
    pub fn max_statements(mut self, statements: usize) -> Grant {
        self.limits.statements = statements;
        self
    }

    /// Length of a statement's text, 1 MiB by default.
    #[must_use]
    pub fn max_sql_bytes(mut self, bytes: usize) -> Grant {
        self.limits.sql_bytes = bytes;
        self
    }

    /// Parameters of one statement, 8,192 by default.
    #[must_use]
    pub fn max_parameters(mut self, parameters: usize) -> Grant {
        self.limits.parameters = parameters;
        self
    }

    /// Bytes of one parameter, 4 MiB by default.
    #[must_use]
    pub fn max_parameter_bytes(mut self, bytes: usize) -> Grant {
        self.limits.parameter_bytes = bytes;
        self
    }

    /// Bytes of all parameters of one call, 8 MiB by default.
    #[must_use]
    pub fn max_all_parameter_bytes(mut self, bytes: usize) -> Grant {
        self.limits.all_parameter_bytes = bytes;
        self
    }

    /// Columns of a result, 4,096 by default: what a table can have.
    #[must_use]
    pub fn max_columns(mut self, columns: usize) -> Grant {
        self.limits.columns = columns;
        self
    }

    /// About how many bytes of rows are read before the guest has them, 128 KiB by default; always one row.
    #[must_use]
    pub fn batch_bytes(mut self, bytes: usize) -> Grant {
        self.limits.batch_bytes = bytes;
        self
    }

    /// Bytes of the texts and bytes in one row of a result, 16 MiB by default.
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Grant {
        self.limits.row_bytes = bytes;
        self
    }

    /// Rows of a whole result, without end by default. What goes over it ends the result, and with what is left of it the
    /// connection.
    #[must_use]
    pub fn max_result_rows(mut self, rows: u64) -> Grant {
        self.limits.result_rows = rows;
        self
    }

    /// Bytes of a whole result, without end by default: the widths of numbers and times, and the bytes of texts.
    #[must_use]
    pub fn max_result_bytes(mut self, bytes: u64) -> Grant {
        self.limits.result_bytes = bytes;
        self
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        for (name, is_zero) in [
            ("max_connections", limits.connections == 0),
            ("acquire_timeout", limits.acquire_timeout.is_zero()),
            ("statement_timeout", limits.statement_timeout.is_zero()),
            ("fetch_timeout", limits.fetch_timeout.is_zero()),
            ("commit_timeout", limits.commit_timeout.is_zero()),
            ("transaction_timeout", limits.transaction_timeout.is_zero()),
            ("idle_transaction_timeout", limits.idle_transaction_timeout.is_zero()),
            ("max_transaction_depth", limits.transaction_depth == 0),
            ("max_columns", limits.columns == 0),
            ("batch_bytes", limits.batch_bytes == 0),
            ("max_sql_bytes", limits.sql_bytes == 0),
            ("max_row_bytes", limits.row_bytes == 0),
            ("max_result_rows", limits.result_rows == 0),
            ("max_result_bytes", limits.result_bytes == 0),
        ] {
            if is_zero {
                return Err(ConfigError::invalid(format!("{name} of a grant must be more than 0")));
            }
        }
        Ok(())
    }

    /// The most that a statement may be.
    pub(crate) fn most(&self) -> StatementKind {
        match self.statements {
            Statements::Read => StatementKind::Read,
            Statements::Dml => StatementKind::Dml,
            Statements::Ddl => StatementKind::Ddl,
            Statements::Any => StatementKind::Any,
        }
    }

    /// Whether a statement of this kind may run. Its text is for the message only.
    pub(crate) fn admit(&self, kind: StatementKind, sql: &str) -> Result<()> {
        if kind <= self.most() {
            return Ok(());
        }
        let needed = match kind {
            StatementKind::HostOnly => {
                return Err(Error::new(
                    ErrorKind::StatementDenied,
                    "statements that begin or end transactions or change the session are the host's; use begin, commit \
                     and rollback of the connection",
                ));
            }
            StatementKind::Read => Statements::Read,
            StatementKind::Dml => Statements::Dml,
            StatementKind::Ddl => Statements::Ddl,
            StatementKind::Any => Statements::Any,
        };
        // Of a text that can be long little is read.
        let verb: String = sql.trim_start().chars().take(20).take_while(|letter| !letter.is_whitespace()).collect();
        let because = match (needed, verb.trim_start_matches('(').to_ascii_uppercase().as_str()) {
            (Statements::Dml, "SELECT" | "WITH" | "TABLE" | "VALUES") => {
                " (it locks rows, by FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE, or a name, by GET_LOCK)"
            }
            (Statements::Any, "CREATE" | "ALTER") => {
                " ('ddl' is for tables, views, indexes and sequences that are kept where the server keeps its own)"
            }
            (Statements::Any, "CALL") => " ('dml' is for procedures of the database's own schema)",
            _ => "",
        };
        let message = format!(
            "a statement like '{verb} ...' needs a grant of '{needed}' or more, and this guest has '{}'{because}",
            self.statements
        );
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Whether transactions may have this isolation: a serializable one locks what it reads.
    pub(crate) fn admit_isolation(&self, isolation: Option<IsolationLevel>) -> Result<()> {
        if isolation != Some(IsolationLevel::Serializable) || self.statements >= Statements::Dml {
            return Ok(());
        }
        let message = "isolation serializable locks what is read, and needs a grant of 'dml' or more where this guest or its engine has \
                       'read'; repeatable-read reads as of one moment, without locks";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }

    /// Whether two-phase transactions may be used: what is prepared keeps its locks, and is for guests that write.
    pub(crate) fn admit_twophase(&self) -> Result<()> {
        if self.statements >= Statements::Dml {
            return Ok(());
        }
        let message = "two-phase transactions need a grant of 'dml', and this guest has 'read'";
        Err(Error::new(ErrorKind::StatementDenied, message))
    }
}
