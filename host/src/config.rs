//! Databases and grants from a TOML file, for hosts that leave them to an operator.

mod entries;
mod syntax;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::entries::{DatabaseEntry, GrantEntry};
use crate::core::{Database, Grant};
use crate::ctx::{WasmysqlCtx, WasmysqlCtxBuilder};

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file, or one it names, can't be read.
    #[error("{path}: {source}", path = path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not TOML, has a key that is unknown or missing, or a value of the wrong type. No value is repeated: it may be a password.
    #[error("{place}{problem}", place = syntax::place(*.line, *.column))]
    Syntax {
        /// In which line, from 1 on; 0 where that is not known.
        line: usize,
        /// In which column, from 1 on; 0 where that is not known.
        column: usize,
        /// What is wrong, with the key where there is one.
        problem: String,
    },
    /// A database URL can't be understood. The URL itself may hold a password, so it is not repeated.
    #[error("the database URL can't be used: {problem}; it looks like mysql://user:password@host:3306/schema")]
    Url {
        /// What is wrong with it.
        problem: String,
    },
    /// A setting that can't work, or is not safe.
    #[error("{problem}")]
    Invalid {
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl ConfigError {
    pub(crate) fn invalid(problem: impl Into<String>) -> ConfigError {
        ConfigError::Invalid { problem: problem.into() }
    }

    fn at(self, place: &str) -> ConfigError {
        ConfigError::invalid(format!("{place}: {self}"))
    }
}

/// Databases, and which guest may do what with them.
///
/// ```
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let config = wasmysql_host::Config::from_toml(r#"
///     [database.shop]
///     url = "mysql://app@127.0.0.1:3306/shop"    # how to reach it
///     password = "secret"                        # or password_env = "SHOP_PASSWORD", or password_file = "/run/secrets/shop"
///     max_connections = 20                       # of the pool; 10 by default
///
///     [[grant]]
///     guest = "report"                           # or "*" for every guest
///     database = "shop"
///     statements = "read"                        # read, dml (the default), ddl, any
///     max_connections = 2                        # of this guest; 4 by default
///     statement_timeout_ms = 5000
/// "#)?;
/// let ctx = config.context("report").build();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    databases: BTreeMap<String, Database>,
    grants: Vec<GrantEntry>,
}

/// A grant, as a configuration has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConfigGrant<'c> {
    /// The guest's name, or `*` for every guest.
    pub guest: &'c str,
    /// The database's name, which is the one that the guest opens it by.
    pub database: &'c str,
    /// What the guest may do.
    pub grant: Grant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    database: BTreeMap<String, DatabaseEntry>,
    #[serde(default)]
    grant: Vec<GrantEntry>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Read`] where it, or a password file it names, can't be read; else as for [`Config::from_toml`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Config, ConfigError> {
        Config::from_toml(&read(path.as_ref())?)
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Syntax`] for what is not TOML and for keys that are unknown or missing; [`ConfigError::Url`] and
    /// [`ConfigError::Invalid`] for values that can't be used, grants of databases that are not there, and secrets that are missing.
    pub fn from_toml(text: &str) -> Result<Config, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| syntax::error(text, &error))?;
        let mut databases = BTreeMap::new();
        for (name, entry) in file.database {
            let database = entry.open(&name).map_err(|error| error.at(&format!("database '{name}'")))?;
            databases.insert(name, database);
        }
        for entry in &file.grant {
            let place = format!("grant of '{}' to '{}'", entry.database, entry.guest);
            if !databases.contains_key(&entry.database) {
                return Err(ConfigError::invalid("there is no such database in this file").at(&place));
            }
            entry.grant().and_then(|grant| grant.validate()).map_err(|error| error.at(&place))?;
            let is_the_same = |other: &&GrantEntry| (&other.guest, &other.database) == (&entry.guest, &entry.database);
            if file.grant.iter().filter(is_the_same).count() > 1 {
                return Err(ConfigError::invalid("there are two of them; give one").at(&place));
            }
        }
        Ok(Config { databases, grants: file.grant })
    }

    /// The databases by their names, in the order of these.
    pub fn databases(&self) -> impl Iterator<Item = (&str, &Database)> {
        self.databases.iter().map(|(name, database)| (name.as_str(), database))
    }

    /// The grants, in the order of the text.
    pub fn grants(&self) -> impl Iterator<Item = ConfigGrant<'_>> {
        self.grants.iter().filter_map(|entry| {
            let grant = entry.grant().ok()?;
            Some(ConfigGrant { guest: &entry.guest, database: &entry.database, grant })
        })
    }

    /// The context of a guest, with what it is granted by its name, and by `*`. A grant by name counts before one by `*`.
    #[must_use]
    pub fn context(&self, guest: &str) -> WasmysqlCtxBuilder {
        let mut builder = WasmysqlCtx::builder().guest(guest);
        for who in ["*", guest] {
            for entry in self.grants.iter().filter(|entry| entry.guest == who) {
                if let (Some(database), Ok(grant)) = (self.databases.get(&entry.database), entry.grant()) {
                    builder = builder.database(&entry.database, database, grant);
                }
            }
        }
        builder
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_place() {
        let database = "[database.a]\nurl = 'mysql://u@localhost/a'\n";
        for (text, reason) in [
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npool = 3", "unknown field `pool`"),
            ("[database.a]", "missing field `url`"),
            ("[database.a]\nurl = 'http://x'", "database 'a': the database URL can't be used: its scheme is neither"),
            (
                "[database.a]\nurl = 'mysql://u@localhost/a'\nmax_connections = 0",
                "max_connections must be 1 to 100,000",
            ),
            ("[database.a]\nurl = 'mysql://u@db.example/a?tls=off'", "tls is off"),
            (
                "[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'NO_SUCH_VARIABLE_HERE'",
                "NO_SUCH_VARIABLE_HERE",
            ),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'A'\npassword = 'b'", "give one of"),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npassword = ''", "password is empty"),
            (&format!("{database}collation = 'latin1_bin'"), "collation must be the name of one of utf8mb4"),
            ("[[grant]]\nguest = 'g'\ndatabase = 'b'", "grant of 'b' to 'g': there is no such database"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nstatements = 'all'"), "read, dml, ddl or any"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nmax_connections = 0"), "more than 0"),
            (
                &format!("{database}{0}{0}", "[[grant]]\nguest = 'g'\ndatabase = 'a'\n"),
                "grant of 'a' to 'g': there are two of them",
            ),
            (&format!("{database}min_connections = 11"), "can't be more than max_connections"),
            (&format!("{database}guest_share = 0"), "1 to 100"),
            (&format!("{database}prefer_replicas = true"), "this one has one"),
            (
                &format!("{database}server_order = 'best'"),
                "line 3, column 16: server_order: unknown value, expected `listed` or `random`",
            ),
            (&format!("{database}idle_timeout_ms = 0"), "idle_timeout must be more than 0"),
        ] {
            let error = Config::from_toml(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}\n{error}");
        }
    }

    #[test]
    fn a_password_in_the_place_of_a_variable_is_not_shown() {
        let config = "[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'hidden'";
        let error = Config::from_toml(config).unwrap_err().to_string();
        assert!(error.contains("of password_env is not set") && !error.contains("hidden"), "{error}");
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let config = "[database.a]\nurl = 'mysql://u:hidden1@localhost/a'\npassword = 'hidden2'\n";
        let shown = format!("{:?}", Config::from_toml(config).unwrap());
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
