//! Databases and grants from a TOML file, for hosts that leave them to an operator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::core::{Database, Grant, Statements};
use crate::ctx::{WasmysqlCtx, WasmysqlCtxBuilder};
use crate::driver::{DatabaseOptions, Tls};

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
    /// The text is not TOML, or has a key that is unknown or missing.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    database: BTreeMap<String, DatabaseEntry>,
    #[serde(default)]
    grant: Vec<GrantEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseEntry {
    url: secrecy::SecretString,
    password: Option<secrecy::SecretString>,
    password_env: Option<String>,
    password_file: Option<PathBuf>,
    tls_ca: Option<PathBuf>,
    max_connections: Option<usize>,
    max_lifetime_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    count_changed_rows: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantEntry {
    guest: String,
    database: String,
    statements: Option<String>,
    max_connections: Option<usize>,
    acquire_timeout_ms: Option<u64>,
    statement_timeout_ms: Option<u64>,
    fetch_timeout_ms: Option<u64>,
    max_statements: Option<usize>,
    max_sql_bytes: Option<usize>,
    max_parameters: Option<usize>,
    max_parameter_bytes: Option<usize>,
    max_row_bytes: Option<usize>,
    max_result_rows: Option<u64>,
    max_result_bytes: Option<u64>,
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
        let file: File = toml::from_str(text)?;
        let mut databases = BTreeMap::new();
        for (name, entry) in file.database {
            let database = entry.open().map_err(|error| error.at(&format!("database '{name}'")))?;
            databases.insert(name, database);
        }
        for entry in &file.grant {
            let place = format!("grant of '{}' to '{}'", entry.database, entry.guest);
            if !databases.contains_key(&entry.database) {
                return Err(ConfigError::invalid("there is no such database in this file").at(&place));
            }
            entry.grant().and_then(|grant| grant.validate()).map_err(|error| error.at(&place))?;
        }
        Ok(Config { databases, grants: file.grant })
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

impl DatabaseEntry {
    fn open(self) -> Result<Database, ConfigError> {
        use secrecy::ExposeSecret;
        let mut options = DatabaseOptions::from_url(self.url.expose_secret())?;
        let given = [self.password.is_some(), self.password_env.is_some(), self.password_file.is_some()];
        if given.iter().filter(|given| **given).count() > 1 {
            return Err(ConfigError::invalid("give one of password, password_env and password_file"));
        }
        if let Some(password) = self.password {
            options = options.password(password.expose_secret());
        }
        if let Some(name) = self.password_env {
            let password = std::env::var(&name).map_err(|_| {
                ConfigError::invalid(format!("password_env names {name}, which is not set in the environment"))
            })?;
            options = options.password(password);
        }
        if let Some(path) = self.password_file {
            options = options.password(read(&path)?.trim_end_matches(['\r', '\n']));
        }
        if let Some(ca) = self.tls_ca {
            options = options.tls(Tls::Required { ca: Some(ca) });
        }
        if let Some(connections) = self.max_connections {
            options = options.max_connections(connections);
        }
        if let Some(ms) = self.max_lifetime_ms {
            options = options.max_lifetime(Duration::from_millis(ms));
        }
        if let Some(ms) = self.connect_timeout_ms {
            options = options.connect_timeout(Duration::from_millis(ms));
        }
        if let Some(changed) = self.count_changed_rows {
            options = options.count_changed_rows(changed);
        }
        Database::new(options)
    }
}

impl GrantEntry {
    fn grant(&self) -> Result<Grant, ConfigError> {
        let statements = self.statements.as_deref().map(str::parse::<Statements>).transpose()?;
        let mut grant = Grant::new(statements.unwrap_or_default());
        let ms = Duration::from_millis;
        if let Some(connections) = self.max_connections {
            grant = grant.max_connections(connections);
        }
        if let Some(timeout) = self.acquire_timeout_ms {
            grant = grant.acquire_timeout(ms(timeout));
        }
        if let Some(timeout) = self.statement_timeout_ms {
            grant = grant.statement_timeout(ms(timeout));
        }
        if let Some(timeout) = self.fetch_timeout_ms {
            grant = grant.fetch_timeout(ms(timeout));
        }
        if let Some(statements) = self.max_statements {
            grant = grant.max_statements(statements);
        }
        if let Some(bytes) = self.max_sql_bytes {
            grant = grant.max_sql_bytes(bytes);
        }
        if let Some(parameters) = self.max_parameters {
            grant = grant.max_parameters(parameters);
        }
        if let Some(bytes) = self.max_parameter_bytes {
            grant = grant.max_parameter_bytes(bytes);
        }
        if let Some(bytes) = self.max_row_bytes {
            grant = grant.max_row_bytes(bytes);
        }
        if let Some(rows) = self.max_result_rows {
            grant = grant.max_result_rows(rows);
        }
        if let Some(bytes) = self.max_result_bytes {
            grant = grant.max_result_bytes(bytes);
        }
        Ok(grant)
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
            ("[database.a]\nurl = 'http://x'", "database 'a': the database URL can't be used: its scheme is 'http'"),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\nmax_connections = 0", "max_connections must be at least 1"),
            ("[database.a]\nurl = 'mysql://u@db.example/a?tls=off'", "tls is off"),
            (
                "[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'NO_SUCH_VARIABLE_HERE'",
                "NO_SUCH_VARIABLE_HERE",
            ),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'A'\npassword = 'b'", "give one of"),
            ("[[grant]]\nguest = 'g'\ndatabase = 'b'", "grant of 'b' to 'g': there is no such database"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nstatements = 'all'"), "read, dml, ddl or any"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nmax_connections = 0"), "more than 0"),
        ] {
            let error = Config::from_toml(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}\n{error}");
        }
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let config = "[database.a]\nurl = 'mysql://u:hidden1@localhost/a'\npassword = 'hidden2'\n";
        let shown = format!("{:?}", Config::from_toml(config).unwrap());
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
