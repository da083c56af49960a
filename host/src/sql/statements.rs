//! The kinds of statements that a grant allows.

use std::fmt;
use std::str::FromStr;

use crate::types::ConfigError;

/// The kinds of statements that a guest may execute. Each kind includes the previous kinds.
///
/// The host derives the kind of a statement from its keywords. This is the second line of defence.
/// The first is the account of the database, which should have only the privileges that its guests
/// need.
///
/// Two groups of statements are rejected for every kind. Guests begin and end transactions with the
/// calls of the contract, not with SQL. Statements that change the session, such as SET, USE and
/// LOCK TABLES, are reserved for the host.
///
/// [`FromStr`] and [`Display`](fmt::Display) use the names `read`, `dml`, `ddl` and `any`. The
/// default is [`Dml`](Self::Dml).
///
/// # Examples
///
/// ```
/// use wasmysql_host::Statements;
///
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// assert!(Statements::Read < Statements::Ddl);
/// assert_eq!("dml".parse::<Statements>()?, Statements::default());
/// assert_eq!(Statements::Any.to_string(), "any");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Statements {
    /// Statements that read without explicit locks: SELECT, TABLE, VALUES, EXPLAIN, DESCRIBE, and
    /// SHOW of a schema.
    ///
    /// The session is read-only at the server too, so a stored function that a SELECT calls can't
    /// write.
    Read,
    /// Also statements that change rows: INSERT, REPLACE, UPDATE, DELETE, DO, and CALL of
    /// procedures in the schema of the database.
    ///
    /// Also row locks (FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE, isolation level `serializable`),
    /// named locks (GET_LOCK) and two-phase transactions.
    #[default]
    Dml,
    /// Also CREATE, ALTER, DROP, RENAME and TRUNCATE of tables, views, indexes and sequences that
    /// the server stores in its own data directory.
    ///
    /// Table options that name another directory, and storage engines that connect to another
    /// server, need [`Any`](Self::Any).
    Ddl,
    /// Every statement that the account may execute, except for the statements that are reserved
    /// for the host.
    ///
    /// Also the optimizer hints of MySQL that change settings: SET_VAR, MAX_EXECUTION_TIME and
    /// RESOURCE_GROUP.
    ///
    /// Only for guests that are trusted as much as the host.
    Any,
}

impl Statements {
    const ALL: [Self; 4] = [Self::Read, Self::Dml, Self::Ddl, Self::Any];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Dml => "dml",
            Self::Ddl => "ddl",
            Self::Any => "any",
        }
    }
}

impl fmt::Display for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Statements {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            ConfigError::invalid(format!("'{text}' is not a kind of statement; use read, dml, ddl or any"))
        })
    }
}
