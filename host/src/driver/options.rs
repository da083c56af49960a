//! Where a database is, who to log in as, and how large its pool may be: what only an embedder may say.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::address::{Address, ServerOrder};
use crate::config::ConfigError;

/// Connections a pool may have: enough for a busy host, and far under a server's default of 151.
const MAX_CONNECTIONS: usize = 10;
/// Connect and log in: three round trips and a password check, so seconds mean that nobody answers.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection is used before it is replaced: below the idle limits of servers and balancers.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How long a connection waits for a borrower before it is closed: past a burst, and long before a server's eight hours.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// A reset is three short statements; a server that takes longer is not worth waiting for.
const RESET_TIMEOUT: Duration = Duration::from_secs(2);
/// A login, a question and a KILL: a server that takes longer is out of reach.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);
/// No plugin that works needs a connection for so long; one that is lent for longer is named in the log.
const LEAK_REPORT_AFTER: Duration = Duration::from_secs(60);
/// A statement that takes longer is one that somebody should look at, and still far from its deadline.
const SLOW_STATEMENT_AFTER: Duration = Duration::from_secs(1);
/// What a database is called that has neither a name nor a schema.
const NAME: &str = "default";
/// Percent of the pool for one guest. Alone it can use most of what there is; of ten connections two are left for others.
const GUEST_SHARE: u8 = 80;
/// The largest packet that is read or sent: two rows of the largest that a grant allows by default, where a server may be
/// configured to send a gigabyte at once.
const MAX_PACKET_BYTES: usize = 32 * 1024 * 1024;

/// Whether the connection to the server is encrypted. There is no "preferred": an attacker in between could
/// always make it "off".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Plain text. Only on loopback or a unix socket, unless the options say `insecure`.
    Off,
    /// TLS with a certificate that is valid for the host name, signed by a public authority or by `ca`.
    Required {
        /// A file of PEM certificates to trust besides the public ones.
        ca: Option<PathBuf>,
    },
}

/// One database, as an embedder describes it. The password is kept out of `Debug`.
///
/// ```
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let options = wasmysql_host::DatabaseOptions::from_url("mysql://app@127.0.0.1:3306/shop")?
///     .password("secret")
///     .max_connections(20);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    name: Option<String>,
    /// At least one.
    pub(super) servers: Vec<Address>,
    pub(super) server_order: ServerOrder,
    pub(super) prefer_replicas: bool,
    pub(super) user: String,
    pub(super) password: SecretString,
    pub(super) schema: Option<String>,
    pub(super) tls: Tls,
    pub(super) insecure: bool,
    pub(super) count_changed_rows: bool,
    collation: Option<String>,
    pub(super) max_packet_bytes: usize,
    pub(crate) min_connections: usize,
    pub(crate) max_connections: usize,
    pub(crate) guest_share: u8,
    pub(crate) max_lifetime: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) reset_timeout: Duration,
    pub(crate) kill_timeout: Duration,
    pub(crate) leak_report_after: Duration,
    slow_statement_after: Duration,
}

impl DatabaseOptions {
    /// A server by name or address and port, with TLS required unless it is on loopback.
    #[must_use]
    pub fn tcp(host: impl Into<String>, port: u16) -> DatabaseOptions {
        let mut options = DatabaseOptions {
            name: None,
            servers: vec![Address::Tcp { host: host.into(), port }],
            server_order: ServerOrder::default(),
            prefer_replicas: false,
            user: String::new(),
            password: SecretString::default(),
            schema: None,
            tls: Tls::Required { ca: None },
            insecure: false,
            count_changed_rows: false,
            collation: None,
            max_packet_bytes: MAX_PACKET_BYTES,
            min_connections: 0,
            max_connections: MAX_CONNECTIONS,
            guest_share: GUEST_SHARE,
            max_lifetime: MAX_LIFETIME,
            idle_timeout: IDLE_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            reset_timeout: RESET_TIMEOUT,
            kill_timeout: KILL_TIMEOUT,
            leak_report_after: LEAK_REPORT_AFTER,
            slow_statement_after: SLOW_STATEMENT_AFTER,
        };
        if options.is_local() {
            options.tls = Tls::Off;
        }
        options
    }

    /// A server on this machine, by its unix socket.
    #[must_use]
    pub fn socket(path: impl Into<PathBuf>) -> DatabaseOptions {
        let mut options = DatabaseOptions::tcp("localhost", 3306);
        options.servers = vec![Address::Socket(path.into())];
        options.tls = Tls::Off;
        options
    }

    /// What metrics and logs call it; the schema by default. It is not what guests open it by, and no address should be in it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> DatabaseOptions {
        self.name = Some(name.into());
        self
    }

    /// The account. Give each database entry one of its own, with no more rights than its guests need: the server's
    /// grants are the real wall.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> DatabaseOptions {
        self.user = user.into();
        self
    }

    /// The account's password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> DatabaseOptions {
        self.password = SecretString::from(password.into());
        self
    }

    /// The schema that unqualified names refer to.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> DatabaseOptions {
        self.schema = Some(schema.into());
        self
    }

    /// Whether to encrypt.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> DatabaseOptions {
        self.tls = tls;
        self
    }

    /// Allows [`Tls::Off`] to another machine: passwords and data cross the network for anyone to read and change.
    #[must_use]
    pub fn insecure(mut self, insecure: bool) -> DatabaseOptions {
        self.insecure = insecure;
        self
    }

    /// Makes UPDATE count the rows it changed rather than those it matched.
    #[must_use]
    pub fn count_changed_rows(mut self, changed: bool) -> DatabaseOptions {
        self.count_changed_rows = changed;
        self
    }

    /// The collation of the connections, such as `utf8mb4_unicode_ci`: by it texts of statements and parameters are compared with each other, and
    /// expressions such as `CAST(? AS CHAR)` with columns. A column compared with one of another collation is the server's error 1267, so it
    /// should be that of the tables. By default it is the server's own (`collation_server`) where that is one of `utf8mb4`, else the one that the
    /// server has for `utf8mb4`.
    #[must_use]
    pub fn collation(mut self, collation: impl Into<String>) -> DatabaseOptions {
        self.collation = Some(collation.into());
        self
    }

    /// Connections the pool may have, 10 by default. One more is opened when a statement must be killed.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> DatabaseOptions {
        self.max_connections = connections;
        self
    }

    /// How long connecting and logging in may take, 3 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> DatabaseOptions {
        self.connect_timeout = timeout;
        self
    }

    /// Connections that the pool keeps ready once it was first used, none by default.
    #[must_use]
    pub fn min_connections(mut self, connections: usize) -> DatabaseOptions {
        self.min_connections = connections;
        self
    }

    /// The part of the pool, in percent, that guests of one name may hold together, 80 by default: however many instances one
    /// plugin has, and whatever they do, something is left for others. It is rounded up, so pools of less than five have no such rest.
    #[must_use]
    pub fn guest_share(mut self, percent: u8) -> DatabaseOptions {
        self.guest_share = percent;
        self
    }

    /// How long a connection is used before it is replaced, 30 minutes by default. Each has up to a tenth less, so that those
    /// made together do not end together. One that is lent is never cut.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> DatabaseOptions {
        self.max_lifetime = lifetime;
        self
    }

    /// How long a connection waits for a borrower before it is closed, 10 minutes by default. `min_connections` stay.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> DatabaseOptions {
        self.idle_timeout = timeout;
        self
    }

    /// How long making a connection ready for its next borrower may take, 2 s by default. It happens in the background; what
    /// takes longer is closed.
    #[must_use]
    pub fn reset_timeout(mut self, timeout: Duration) -> DatabaseOptions {
        self.reset_timeout = timeout;
        self
    }

    /// How long a server may be silent when an abandoned statement is to be killed there, 1 s by default. It happens in the background.
    /// The statement's place in the pool is free when the server has ended it, or when it was silent for so long; then it is killed when
    /// the server is back.
    #[must_use]
    pub fn kill_timeout(mut self, timeout: Duration) -> DatabaseOptions {
        self.kill_timeout = timeout;
        self
    }

    /// How long a connection is lent before a warning names its guest, 60 s by default.
    #[must_use]
    pub fn leak_report_after(mut self, after: Duration) -> DatabaseOptions {
        self.leak_report_after = after;
        self
    }

    /// How long a statement takes before a warning names its guest, 1 s by default; zero is never. Its text is told only where the level
    /// DEBUG is logged.
    #[must_use]
    pub fn slow_statement_after(mut self, after: Duration) -> DatabaseOptions {
        self.slow_statement_after = after;
        self
    }

    /// The largest packet that is read or sent, 32 MiB by default. A row is in one packet, so this bounds what the host makes
    /// room for, whatever the server is configured for; larger ones are `limit-exceeded(row-bytes)`.
    #[must_use]
    pub fn max_packet_bytes(mut self, bytes: usize) -> DatabaseOptions {
        self.max_packet_bytes = bytes;
        self
    }

    /// What it is called in metrics and logs.
    pub(crate) fn name_or_schema(&self) -> &str {
        self.name.as_deref().or(self.namespace()).unwrap_or(NAME)
    }

    /// The schema that unqualified names refer to.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The collation of the connections, where it was chosen.
    pub(super) fn collation_name(&self) -> Option<&str> {
        self.collation.as_deref()
    }

    /// From which time on a statement is reported, if ever.
    pub(crate) fn slow_statements(&self) -> Option<Duration> {
        (!self.slow_statement_after.is_zero()).then_some(self.slow_statement_after)
    }

    pub(crate) fn packet_bytes(&self) -> usize {
        self.max_packet_bytes
    }

    /// Connections that guests of one name may hold together.
    pub(crate) fn connections_of_a_guest(&self) -> usize {
        (self.max_connections * usize::from(self.guest_share)).div_ceil(100).max(1)
    }

    /// Refuses what can't work or is not safe.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        // More than a server takes, and room is made for all of them.
        if !(1..=100_000).contains(&self.max_connections) {
            return Err(ConfigError::invalid("max_connections must be 1 to 100,000"));
        }
        if self.min_connections > self.max_connections {
            return Err(ConfigError::invalid("min_connections can't be more than max_connections"));
        }
        if !(1..=100).contains(&self.guest_share) {
            return Err(ConfigError::invalid("guest_share is percent of the pool, 1 to 100"));
        }
        // What the driver takes. Below, it could not even log in.
        if !(64 * 1024..=1024 * 1024 * 1024).contains(&self.max_packet_bytes) {
            return Err(ConfigError::invalid("max_packet_bytes must be 64 KiB to 1 GiB"));
        }
        if self.collation.as_deref().is_some_and(|collation| !is_collation(collation)) {
            return Err(ConfigError::invalid(
                "collation must be the name of one of utf8mb4, such as utf8mb4_unicode_ci or uca1400_ai_ci",
            ));
        }
        for (name, duration) in [
            ("connect_timeout", self.connect_timeout),
            ("max_lifetime", self.max_lifetime),
            ("idle_timeout", self.idle_timeout),
            ("reset_timeout", self.reset_timeout),
            ("kill_timeout", self.kill_timeout),
            ("leak_report_after", self.leak_report_after),
        ] {
            if duration.is_zero() {
                return Err(ConfigError::invalid(format!("{name} must be more than 0")));
            }
        }
        if self.tls == Tls::Off && !self.is_local() && !self.insecure {
            return Err(ConfigError::invalid(
                "tls is off but a server is not on this machine; require TLS, or say insecure if the network is your own",
            ));
        }
        let is_socket = |server: &Address| matches!(server, Address::Socket(_));
        if self.tls != Tls::Off && self.servers.iter().any(is_socket) {
            return Err(ConfigError::invalid("TLS over a unix socket is not supported; set tls to off"));
        }
        if let Tls::Required { ca: Some(path) } = &self.tls {
            // Read again for each connection, since certificates are renewed; but a wrong path should show here.
            std::fs::read(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        }
        if self.prefer_replicas && !self.has_several_servers() {
            return Err(ConfigError::invalid(
                "prefer_replicas is for databases with several servers; this one has one",
            ));
        }
        Ok(())
    }
}

/// Whether this may be a collation's name of `utf8mb4`: it is put into SQL. MariaDB has short names of those that are for all of Unicode.
fn is_collation(name: &str) -> bool {
    let named = ["utf8mb4_", "uca1400_"].iter().any(|prefix| name.len() > prefix.len() && name.starts_with(prefix));
    named && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collation_is_a_name_and_no_sql() {
        let of = |collation: &str| DatabaseOptions::tcp("localhost", 3306).collation(collation).validate();
        for good in ["utf8mb4_bin", "utf8mb4_0900_ai_ci", "uca1400_ai_ci", "utf8mb4_uca1400_turkish_as_cs"] {
            assert!(of(good).is_ok(), "{good}");
        }
        for bad in
            ["", "utf8mb4_", "latin1_swedish_ci", "binary", "utf8mb4_bin; DROP TABLE t", "utf8mb4_bin'", "utf8mb4_é"]
        {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
