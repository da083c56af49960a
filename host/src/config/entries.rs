//! The tables of a configuration file, and their conversion to databases and grants.

use std::env::VarError;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::read;
use crate::core::{Database, Grant};
use crate::driver::{DatabaseOptions, ServerOrder, TlsMode, TlsParameters, VariableValue};
use crate::sql::Statements;
use crate::types::ConfigError;

/// The table `[database.NAME]`. Durations are in milliseconds. A missing key has the default of
/// `DatabaseOptions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseEntry {
    /// The address, the account and the schema: `mysql://USER@HOST:PORT/SCHEMA`. Required.
    url: SecretString,
    /// The password. At most one of `password`, `password_env` and `password_file` can be present.
    password: Option<SecretString>,
    /// The environment variable that contains the password.
    password_env: Option<String>,
    /// The file that contains the password. Line breaks at its end are ignored.
    password_file: Option<PathBuf>,
    /// The encryption: `verify-identity`, `verify-ca` or `off`. The default is `verify-identity`,
    /// or `off` for a server on loopback or on a unix socket.
    tls: Option<TlsMode>,
    /// The file of the trusted authorities. By default the public authorities are trusted.
    tls_ca: Option<PathBuf>,
    /// The file of the client certificate. By default the host presents no certificate.
    tls_cert: Option<PathBuf>,
    /// The file of the private key of the client certificate.
    tls_key: Option<PathBuf>,
    /// The order in which the servers of a URL with several hosts are tried: `listed` or `random`.
    /// The default is `listed`.
    server_order: Option<ServerOrder>,
    prefer_replicas: Option<bool>,
    max_replica_lag_ms: Option<u64>,
    min_connections: Option<usize>,
    max_connections: Option<usize>,
    guest_share: Option<u8>,
    max_lifetime_ms: Option<u64>,
    idle_timeout_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    reset_timeout_ms: Option<u64>,
    kill_timeout_ms: Option<u64>,
    leak_report_after_ms: Option<u64>,
    slow_statement_after_ms: Option<u64>,
    max_packet_bytes: Option<usize>,
    count_changed_rows: Option<bool>,
    collation: Option<String>,
}

/// The table `[[grant]]`. Durations are in milliseconds. A missing key has the default of `Grant`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantEntry {
    /// The name of the guest: the file name of the plugin without `.wasm`, or `*` for all guests.
    /// Required.
    pub(super) guest: String,
    /// The name of the table `[database.NAME]`. Guests open the database by this name. Required.
    pub(super) database: String,
    /// The allowed statements: `read`, `dml`, `ddl` or `any`. The default is `dml`.
    statements: Option<String>,
    max_connections: Option<usize>,
    max_waiters: Option<usize>,
    acquire_timeout_ms: Option<u64>,
    statement_timeout_ms: Option<u64>,
    fetch_timeout_ms: Option<u64>,
    commit_timeout_ms: Option<u64>,
    transaction_timeout_ms: Option<u64>,
    idle_transaction_timeout_ms: Option<u64>,
    max_prepared_transactions: Option<usize>,
    max_transaction_depth: Option<usize>,
    max_statements: Option<usize>,
    max_sql_bytes: Option<usize>,
    max_parameters: Option<usize>,
    max_parameter_bytes: Option<usize>,
    max_all_parameter_bytes: Option<usize>,
    max_columns: Option<usize>,
    max_row_bytes: Option<usize>,
    max_result_rows: Option<u64>,
    max_result_bytes: Option<u64>,
    batch_bytes: Option<usize>,
}

/// The value of a variable in a table `[variables.GUEST]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a text or an integer")]
pub(super) enum VariableEntry {
    Text(String),
    Integer(i64),
}

impl VariableEntry {
    pub(super) fn value(&self) -> VariableValue {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Integer(number) => (*number).into(),
        }
    }
}

/// Calls each setter whose key the file has.
macro_rules! set {
    ($options:ident: $($setter:ident($value:expr)),* $(,)?) => {
        $(if let Some(value) = $value {
            $options = $options.$setter(value);
        })*
    };
}

fn ms(number: Option<u64>) -> Option<Duration> {
    number.map(Duration::from_millis)
}

impl DatabaseEntry {
    pub(super) fn open(self, name: &str) -> Result<Database, ConfigError> {
        let mut options = DatabaseOptions::from_url(self.url.expose_secret())?.name(name);
        let password = self.password()?;
        let tls = TlsParameters { mode: self.tls, ca: self.tls_ca, certificate: self.tls_cert, key: self.tls_key };
        options = options.with_tls(tls);
        set!(options:
            password(password),
            server_order(self.server_order),
            prefer_replicas(self.prefer_replicas),
            max_replica_lag(ms(self.max_replica_lag_ms)),
            min_connections(self.min_connections),
            max_connections(self.max_connections),
            guest_share(self.guest_share),
            max_lifetime(ms(self.max_lifetime_ms)),
            idle_timeout(ms(self.idle_timeout_ms)),
            connect_timeout(ms(self.connect_timeout_ms)),
            reset_timeout(ms(self.reset_timeout_ms)),
            kill_timeout(ms(self.kill_timeout_ms)),
            leak_report_after(ms(self.leak_report_after_ms)),
            slow_statement_after(ms(self.slow_statement_after_ms)),
            max_packet_bytes(self.max_packet_bytes),
            count_changed_rows(self.count_changed_rows),
            collation(self.collation),
        );
        Database::new(options)
    }

    fn password(&self) -> Result<Option<String>, ConfigError> {
        let (source, password) = match (&self.password, &self.password_env, &self.password_file) {
            (None, None, None) => return Ok(None),
            (Some(password), None, None) => ("password".to_owned(), password.expose_secret().to_owned()),
            (None, Some(name), None) => {
                let source = format!("the environment variable {} of password_env", variable(name));
                let password = std::env::var(name).map_err(|error| {
                    let problem = match error {
                        VarError::NotPresent => "is not set",
                        VarError::NotUnicode(_) => "is not UTF-8",
                    };
                    ConfigError::invalid(format!("{source} {problem}"))
                })?;
                (source, password)
            }
            (None, None, Some(path)) => {
                let password = read(path)?.trim_end_matches(['\r', '\n']).to_owned();
                (format!("password_file {}", path.display()), password)
            }
            _ => return Err(ConfigError::invalid("set only one of password, password_env and password_file")),
        };
        // The driver would log in without a password.
        if password.is_empty() {
            return Err(ConfigError::invalid(format!(
                "{source} is empty; for an account without a password, remove the key"
            )));
        }
        Ok(Some(password))
    }
}

/// Returns the name of a variable for a message, unless it may be a misplaced password.
fn variable(name: &str) -> &str {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if name.bytes().all(is_name) { name } else { "(not shown)" }
}

impl GrantEntry {
    pub(super) fn grant(&self) -> Result<Grant, ConfigError> {
        let statements = self.statements.as_deref().map(str::parse::<Statements>).transpose()?;
        let mut grant = Grant::new(statements.unwrap_or_default());
        set!(grant:
            max_connections(self.max_connections),
            max_waiters(self.max_waiters),
            acquire_timeout(ms(self.acquire_timeout_ms)),
            statement_timeout(ms(self.statement_timeout_ms)),
            fetch_timeout(ms(self.fetch_timeout_ms)),
            commit_timeout(ms(self.commit_timeout_ms)),
            transaction_timeout(ms(self.transaction_timeout_ms)),
            idle_transaction_timeout(ms(self.idle_transaction_timeout_ms)),
            max_prepared_transactions(self.max_prepared_transactions),
            max_transaction_depth(self.max_transaction_depth),
            max_statements(self.max_statements),
            max_sql_bytes(self.max_sql_bytes),
            max_parameters(self.max_parameters),
            max_parameter_bytes(self.max_parameter_bytes),
            max_all_parameter_bytes(self.max_all_parameter_bytes),
            max_columns(self.max_columns),
            max_row_bytes(self.max_row_bytes),
            max_result_rows(self.max_result_rows),
            max_result_bytes(self.max_result_bytes),
            batch_bytes(self.batch_bytes),
        );
        Ok(grant)
    }
}
