//! Reads databases and grants from a TOML file, for hosts that an operator configures.

mod entries;
mod syntax;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use self::entries::{DatabaseEntry, GrantEntry, VariableEntry};
use crate::core::{Database, Grant};
use crate::ctx::{WasmysqlCtx, WasmysqlCtxBuilder};
use crate::driver::UserVariables;
use crate::types::ConfigError;

/// A configuration: databases, and grants of these databases to guests.
///
/// A configuration has one table `[database.NAME]` per database, one table `[[grant]]` per grant,
/// and tables `[variables.GUEST]` for [variables](WasmysqlCtxBuilder::variable) of guests. The keys
/// of databases and grants have the names of the setters of
/// [`DatabaseOptions`](crate::DatabaseOptions) and [`Grant`], with the unit as a suffix
/// (`statement_timeout_ms`). A missing key has the default of its setter. `tls`, `tls_ca`,
/// `tls_cert` and `tls_key` have the values of the URL parameters of these names
/// ([`from_url`](crate::DatabaseOptions::from_url)), and take precedence over them.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let config = wasmysql_host::Config::from_toml(r#"
///     [database.shop]
///     url = "mysql://app@127.0.0.1:3306/shop"    # address, user and schema
///     password = "secret"                        # or password_env, or password_file
///     max_connections = 20                       # size of the pool; default: 10
///
///     [[grant]]
///     guest = "report"                           # or "*" for all guests
///     database = "shop"
///     statements = "read"                        # read, dml (default), ddl or any
///     max_connections = 2                        # of this guest; default: 4
///     statement_timeout_ms = 5000
///
///     [variables.report]                         # user variables of this guest, or of "*"
///     tenant = "acme"                            # a text or an integer: @tenant in SQL
/// "#)?;
/// let ctx = config.context("report").build();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    databases: BTreeMap<String, Database>,
    grants: Vec<GrantEntry>,
    /// The variables of each guest that has its own, and of `*`.
    variables: BTreeMap<String, UserVariables>,
}

/// A grant of a configuration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConfigGrant<'c> {
    /// The name of the guest, or `*` for all guests.
    pub guest: &'c str,
    /// The name of the database. Guests open the database by this name.
    pub database: &'c str,
    /// The statements and limits of the guest.
    pub grant: Grant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    database: BTreeMap<String, DatabaseEntry>,
    #[serde(default)]
    grant: Vec<GrantEntry>,
    #[serde(default)]
    variables: BTreeMap<String, BTreeMap<String, VariableEntry>>,
}

impl Config {
    /// Reads a configuration from a TOML file.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::Read`] if the file can't be read, and the errors of
    /// [`Config::from_toml`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::from_toml(&read(path.as_ref())?)
    }

    /// Reads a configuration from a TOML text.
    ///
    /// Each database gets a pool, but no connection is opened yet.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::Syntax`]: the text is not TOML, has an unknown or missing key, or has a
    ///   value of the wrong type.
    /// - [`ConfigError::Invalid`], with the name of the database, grant or guest: an invalid URL or
    ///   setting, a missing password variable or file, a grant of an undefined database, a
    ///   duplicate grant, an invalid variable, or variables of a guest without a grant.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| syntax::error(text, &error))?;
        let mut databases = BTreeMap::new();
        for (name, entry) in file.database {
            let database = entry.open(&name).map_err(|error| at(&format!("database '{name}'"), &error))?;
            databases.insert(name, database);
        }
        for entry in &file.grant {
            let place = format!("grant of '{}' to '{}'", entry.database, entry.guest);
            if !databases.contains_key(&entry.database) {
                return Err(at(&place, &ConfigError::invalid("the file does not define this database")));
            }
            entry.grant().and_then(|grant| grant.validate()).map_err(|error| at(&place, &error))?;
            let is_the_same = |other: &&GrantEntry| (&other.guest, &other.database) == (&entry.guest, &entry.database);
            if file.grant.iter().filter(is_the_same).count() > 1 {
                return Err(at(&place, &ConfigError::invalid("the grant is defined twice; remove one of them")));
            }
        }
        let mut variables = BTreeMap::new();
        for guest in file.variables.keys() {
            let place = format!("variables of '{guest}'");
            if !file.grant.iter().any(|entry| [guest, "*"].contains(&&*entry.guest) || guest == "*") {
                return Err(at(&place, &ConfigError::invalid("the file has no grant for this guest")));
            }
            let of_guest = variables_of(guest, &file.variables).map_err(|error| at(&place, &error))?;
            variables.insert(guest.clone(), of_guest);
        }
        Ok(Self { databases, grants: file.grant, variables })
    }

    /// Returns the databases with their names, in alphabetical order.
    pub fn databases(&self) -> impl Iterator<Item = (&str, &Database)> {
        self.databases.iter().map(|(name, database)| (name.as_str(), database))
    }

    /// Returns the grants, in the order of the text.
    pub fn grants(&self) -> impl Iterator<Item = ConfigGrant<'_>> {
        self.grants.iter().filter_map(|entry| {
            let grant = entry.grant().ok()?;
            Some(ConfigGrant { guest: &entry.guest, database: &entry.database, grant })
        })
    }

    /// Returns a context builder for a guest, with the grants of its name and of `*`.
    ///
    /// For the same database, the grant of the name takes precedence over the grant of `*`. The
    /// same applies to variables of one name. If the configuration has variables, no guest can
    /// change a user variable, also none without variables.
    #[must_use]
    pub fn context(&self, guest: &str) -> WasmysqlCtxBuilder {
        let variables = match self.variables.get(guest).or_else(|| self.variables.get("*")) {
            Some(variables) => variables.clone(),
            None if self.variables.is_empty() => UserVariables::default(),
            None => UserVariables::fixed(),
        };
        let mut builder = WasmysqlCtx::builder().guest(guest).variables(variables);
        for name in ["*", guest] {
            for entry in self.grants.iter().filter(|entry| entry.guest == name) {
                if let (Some(database), Ok(grant)) = (self.databases.get(&entry.database), entry.grant()) {
                    builder = builder.database(&entry.database, database, grant);
                }
            }
        }
        builder
    }
}

/// Returns the variables of `*` and those of the guest.
fn variables_of(
    guest: &str,
    variables: &BTreeMap<String, BTreeMap<String, VariableEntry>>,
) -> Result<UserVariables, ConfigError> {
    let mut of_guest = UserVariables::default();
    for entries in ["*", guest].into_iter().filter_map(|name| variables.get(name)) {
        for (name, value) in entries {
            if entries.keys().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1 {
                let problem = "it is defined twice; the server does not distinguish upper and lower case";
                return Err(ConfigError::invalid(format!("variable '{name}': {problem}")));
            }
            of_guest.set(name, value.value())?;
        }
    }
    Ok(of_guest)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })
}

/// Adds the table of the configuration to the message.
fn at(place: &str, error: &ConfigError) -> ConfigError {
    ConfigError::invalid(format!("{place}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_their_place() {
        let database = "[database.a]\nurl = 'mysql://u@localhost/a'\n";
        for (text, reason) in [
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npool = 3", "unknown field `pool`"),
            ("[database.a]", "missing field `url`"),
            ("[database.a]\nurl = 'http://x'", "database 'a': invalid database URL: its scheme is neither"),
            (
                "[database.a]\nurl = 'mysql://u@localhost/a'\nmax_connections = 0",
                "max_connections must be 1 to 100,000",
            ),
            ("[database.a]\nurl = 'mysql://u@db.example/a?tls=off'", "tls is off"),
            (&format!("{database}tls = 'verify-ca'"), "tls is verify-ca, but tls_ca is not set"),
            (&format!("{database}tls_ca = '/no/ca.pem'"), "can't read '/no/ca.pem'"),
            (&format!("{database}tls_cert = '/cert.pem'"), "needs both tls_cert and tls_key"),
            (&format!("{database}tls = 'off'\ntls_key = '/key.pem'"), "tls is off, but tls_ca, tls_cert or tls_key"),
            ("[database.a]\nurl = 'mysql://u@h/a?socket=/s'\ntls = 'verify-identity'", "TLS over a unix socket"),
            (&format!("{database}tls = 'required'"), "expected one of `verify-identity`, `verify-ca`, `off`"),
            (
                "[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'NO_SUCH_VARIABLE_HERE'",
                "NO_SUCH_VARIABLE_HERE",
            ),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'A'\npassword = 'b'", "set only one of"),
            ("[database.a]\nurl = 'mysql://u@localhost/a'\npassword = ''", "password is empty"),
            (&format!("{database}collation = 'latin1_bin'"), "collation must be the name of a utf8mb4 collation"),
            ("[[grant]]\nguest = 'g'\ndatabase = 'b'", "grant of 'b' to 'g': the file does not define"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nstatements = 'all'"), "read, dml, ddl or any"),
            (&format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\nmax_connections = 0"), "more than 0"),
            (
                &format!("{database}{0}{0}", "[[grant]]\nguest = 'g'\ndatabase = 'a'\n"),
                "grant of 'a' to 'g': the grant is defined twice",
            ),
            (
                &format!("{database}[variables.g]\ntenant = 'a'"),
                "variables of 'g': the file has no grant for this guest",
            ),
            (
                &format!("{database}[[grant]]\nguest = '*'\ndatabase = 'a'\n[variables.g]\n'@tenant' = 'a'"),
                "variables of 'g': variable '@tenant': a name has",
            ),
            (
                &format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\n[variables.g]\ntenant = 1.5"),
                "expected a text or an integer",
            ),
            (
                &format!("{database}[[grant]]\nguest = 'g'\ndatabase = 'a'\n[variables.g]\nTenant = 'a'\ntenant = 'b'"),
                "variables of 'g': variable 'Tenant': it is defined twice",
            ),
            (&format!("{database}min_connections = 11"), "can't be more than max_connections"),
            (&format!("{database}guest_share = 0"), "1 to 100"),
            (&format!("{database}prefer_replicas = true"), "but this database has one"),
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
    fn password_in_place_of_a_variable_name_is_hidden() {
        let config = "[database.a]\nurl = 'mysql://u@localhost/a'\npassword_env = 'hidden'";
        let error = Config::from_toml(config).unwrap_err().to_string();
        assert!(error.contains("of password_env is not set") && !error.contains("hidden"), "{error}");
    }

    #[test]
    fn debug_hides_passwords() {
        let config = "[database.a]\nurl = 'mysql://u:hidden1@localhost/a'\npassword = 'hidden2'\n";
        let shown = format!("{:?}", Config::from_toml(config).unwrap());
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
