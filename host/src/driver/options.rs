//! The options of a database: servers, account, encryption and pool. Only the embedder sets them,
//! never a guest.

mod tls;
mod validate;

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

pub use self::tls::Tls;
pub(crate) use self::tls::{TlsMode, TlsParameters};
use super::address::{Address, ServerOrder};

/// Enough for a busy host, and far below a server's default of 151 connections.
const MAX_CONNECTIONS: usize = 10;
/// Connecting and logging in take three round trips and a password check. A server that needs
/// seconds does not answer at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Below the idle timeouts of servers and load balancers.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// Longer than a burst, and far below a server's default `wait_timeout` of eight hours.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// A reset is three short statements. If it takes longer, a new connection is cheaper than waiting.
const RESET_TIMEOUT: Duration = Duration::from_secs(2);
/// A login takes a few round trips. A server that takes longer to answer is unreachable.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);
/// A working plugin does not hold a connection for that long.
const LEAK_REPORT_AFTER: Duration = Duration::from_secs(60);
/// Slow enough to deserve attention, and far below the default deadline of a statement.
const SLOW_STATEMENT_AFTER: Duration = Duration::from_secs(1);
/// The name of a database that has neither a name nor a schema.
const NAME: &str = "default";
/// In percent of the pool. A single guest can use most of the pool; of ten connections, two remain
/// for other guests.
const GUEST_SHARE: u8 = 80;
/// Twice the largest row that a grant allows by default. A server may be configured for packets of
/// up to 1 GiB.
const MAX_PACKET_BYTES: usize = 32 * 1024 * 1024;

/// The servers, account, encryption and pool of a database.
///
/// Create the options with [`from_url`](Self::from_url), [`tcp`](Self::tcp) or
/// [`socket`](Self::socket), and change them with the builder methods. The builder methods check
/// nothing: [`Database::new`](crate::Database::new) validates the options and returns a
/// [`ConfigError`](crate::ConfigError) for values that are out of range or not safe.
///
/// `Debug` does not show the password. `Display` shows the user, the servers and the schema, for
/// operators.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use wasmysql_host::{Database, DatabaseOptions};
///
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// // From a URL.
/// let shop = DatabaseOptions::from_url("mysql://app:secret@127.0.0.1:3306/shop")?;
///
/// // From parts.
/// let shop = DatabaseOptions::tcp("127.0.0.1", 3306)
///     .user("app")
///     .password("secret")
///     .schema("shop")
///     .max_connections(20)
///     .connect_timeout(Duration::from_secs(1));
///
/// let database = Database::new(shop)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    name: Option<String>,
    /// Never empty.
    pub(super) servers: Vec<Address>,
    pub(super) server_order: ServerOrder,
    pub(super) prefer_replicas: bool,
    pub(super) max_replica_lag: Option<Duration>,
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
    /// Creates options for a server with a host name or IP address and a port.
    ///
    /// [`tls`](Self::tls) is [`Tls::verify_identity`] with the public authorities, or [`Tls::off`]
    /// if the server is on loopback.
    ///
    /// # Examples
    ///
    /// ```
    /// let options = wasmysql_host::DatabaseOptions::tcp("db.example", 3306).user("app").password("secret").schema("shop");
    /// ```
    #[must_use]
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        let mut options = Self {
            name: None,
            servers: vec![Address::Tcp { host: host.into(), port }],
            server_order: ServerOrder::default(),
            prefer_replicas: false,
            max_replica_lag: None,
            user: String::new(),
            password: SecretString::default(),
            schema: None,
            tls: Tls::verify_identity(),
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
            options.tls = Tls::off();
        }
        options
    }

    /// Creates options for a server on this machine that listens on a unix socket.
    ///
    /// [`tls`](Self::tls) is [`Tls::off`]. TLS over a unix socket is not supported.
    ///
    /// # Examples
    ///
    /// ```
    /// let options = wasmysql_host::DatabaseOptions::socket("/run/mysqld/mysqld.sock").user("app").schema("shop");
    /// ```
    #[must_use]
    pub fn socket(path: impl Into<PathBuf>) -> Self {
        let mut options = Self::tcp("localhost", 3306);
        options.servers = vec![Address::Socket(path.into())];
        options.tls = Tls::off();
        options
    }

    /// Sets the name of the database in metrics and logs.
    ///
    /// The default is the schema, or `default` without a schema. The name should not contain an
    /// address. Guests open the database under a separate name, which the grant sets.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the user to log in as.
    ///
    /// The default is the empty user name. Create a separate account for each database entry, with
    /// only the privileges that its guests need. The privileges of the account are the strongest
    /// protection, because the server enforces them.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// Sets the password of the account.
    ///
    /// By default, and with an empty password, the host logs in without a password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = SecretString::from(password.into());
        self
    }

    /// Sets the default schema, to which unqualified names refer.
    ///
    /// By default, connections have no default schema.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Sets the encryption of the connections.
    ///
    /// The default is [`Tls::off`] for servers on loopback and unix sockets, and
    /// [`Tls::verify_identity`] for other servers. [`Database::new`](crate::Database::new) refuses
    /// [`Tls::off`] for a server on another machine, unless [`insecure`](Self::insecure) is set.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Sets whether [`Tls::off`] is allowed for servers on other machines.
    ///
    /// The default is `false`. With `true`, an attacker on the network can read and change
    /// passwords and data.
    #[must_use]
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }

    /// Sets whether the affected rows of an UPDATE are the changed rows instead of the matched
    /// rows.
    ///
    /// The default is `false`: an UPDATE reports the rows that it matched, including rows that
    /// already had the new values.
    #[must_use]
    pub fn count_changed_rows(mut self, changed: bool) -> Self {
        self.count_changed_rows = changed;
        self
    }

    /// Sets the collation of the connections, for example `utf8mb4_unicode_ci`.
    ///
    /// The server uses it to compare string literals and parameters with each other, and
    /// expressions such as `CAST(? AS CHAR)` with columns. It should be the collation of the
    /// tables: a comparison of two different collations can fail with the server's error 1267.
    ///
    /// The default is the server's `collation_server` if that is a `utf8mb4` collation, else the
    /// server's default collation of `utf8mb4`. Only `utf8mb4` collations are accepted, including
    /// MariaDB's short names such as `uca1400_ai_ci`.
    #[must_use]
    pub fn collation(mut self, collation: impl Into<String>) -> Self {
        self.collation = Some(collation.into());
        self
    }

    /// Sets the maximum number of connections in the pool.
    ///
    /// The default is 10, the range is 1 to 100,000. To kill abandoned statements, the pool opens
    /// one additional connection per server, and up to two more while the server takes long to
    /// answer KILL. With [`prefer_replicas`](Self::prefer_replicas), the database has two pools of
    /// this size.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets the maximum time for connecting to one server and logging in.
    ///
    /// The default is 3 s. It must be more than zero.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the minimum number of connections that the pool keeps open after its first use.
    ///
    /// The default is 0. It can't be more than [`max_connections`](Self::max_connections).
    #[must_use]
    pub fn min_connections(mut self, connections: usize) -> Self {
        self.min_connections = connections;
        self
    }

    /// Sets the share of the pool, in percent, that all guests with the same name may hold
    /// together.
    ///
    /// The default is 80, the range is 1 to 100. The share leaves connections for other guests,
    /// however many instances a plugin has. The number of connections is rounded up, so with the
    /// default a pool of less than five connections reserves none for other guests.
    #[must_use]
    pub fn guest_share(mut self, percent: u8) -> Self {
        self.guest_share = percent;
        self
    }

    /// Sets the maximum lifetime of a connection, after which the pool replaces it.
    ///
    /// The default is 30 minutes. It must be more than zero. The lifetime of each connection is up
    /// to 10 % shorter, so that connections opened together do not expire together. A connection in
    /// use is replaced only after its release.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// Sets the time after which the pool closes an idle connection.
    ///
    /// The default is 10 minutes. It must be more than zero.
    /// [`min_connections`](Self::min_connections) stay open.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets the maximum time for the reset of a released connection.
    ///
    /// The default is 2 s. It must be more than zero. The reset runs in the background. If it takes
    /// longer, the connection is closed.
    #[must_use]
    pub fn reset_timeout(mut self, timeout: Duration) -> Self {
        self.reset_timeout = timeout;
        self
    }

    /// Sets the time after which a server that answers neither a login nor a ping counts as
    /// unreachable when the host kills abandoned statements.
    ///
    /// The default is 1 s. It must be more than zero. The host kills abandoned statements in the
    /// background. A statement occupies its slot in the pool until the server has ended its
    /// session, or until the server is unreachable: it refuses connections, or it has not answered
    /// for this time. If the server is unreachable, the host kills the statement when the server
    /// answers again. A KILL itself can take 2 s longer, because MariaDB can hold it back for that
    /// time. A slow KILL never frees a slot. The same applies to abandoned transactions, which the
    /// server rolls back.
    #[must_use]
    pub fn kill_timeout(mut self, timeout: Duration) -> Self {
        self.kill_timeout = timeout;
        self
    }

    /// Sets the time after which a warning in the log names the guest that holds a connection.
    ///
    /// The default is 60 s. It must be more than zero.
    #[must_use]
    pub fn leak_report_after(mut self, after: Duration) -> Self {
        self.leak_report_after = after;
        self
    }

    /// Sets the execution time from which on a warning in the log reports a slow statement and its
    /// guest.
    ///
    /// The default is 1 s. Zero disables the warning. The text of the statement is logged only at
    /// the level DEBUG.
    #[must_use]
    pub fn slow_statement_after(mut self, after: Duration) -> Self {
        self.slow_statement_after = after;
        self
    }

    /// Sets the maximum size of a packet that the host reads or sends, in bytes.
    ///
    /// The default is 32 MiB, the range is 64 KiB to 1 GiB. A row is sent in one packet, so this
    /// limit bounds the memory that the host allocates for a row, whatever the server allows. A
    /// larger row fails with `limit-exceeded(row-bytes)`.
    #[must_use]
    pub fn max_packet_bytes(mut self, bytes: usize) -> Self {
        self.max_packet_bytes = bytes;
        self
    }

    /// Changes the encryption as the parameters of a URL or a configuration file require.
    pub(crate) fn with_tls(mut self, parameters: TlsParameters) -> Self {
        self.tls = self.tls.with(parameters);
        self
    }

    /// Returns the name of the database in metrics and logs.
    pub(crate) fn name_or_schema(&self) -> &str {
        self.name.as_deref().or(self.namespace()).unwrap_or(NAME)
    }

    /// Returns the default schema.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// Returns the collation of the connections, if the embedder set one.
    pub(super) fn collation_name(&self) -> Option<&str> {
        self.collation.as_deref()
    }

    /// Returns the execution time from which on a statement is reported, or `None` if the report is
    /// disabled.
    pub(crate) fn slow_statements(&self) -> Option<Duration> {
        (!self.slow_statement_after.is_zero()).then_some(self.slow_statement_after)
    }

    pub(crate) fn packet_bytes(&self) -> usize {
        self.max_packet_bytes
    }

    /// Returns the number of connections that all guests with the same name may hold together.
    pub(crate) fn connections_of_a_guest(&self) -> usize {
        (self.max_connections * usize::from(self.guest_share)).div_ceil(100).max(1)
    }

    pub(super) fn without_schema(mut self) -> Self {
        self.schema = None;
        self
    }
}
