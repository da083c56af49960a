//! Inspects a database for its operator: server, encryption, account and privileges.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::privilege::{Privileges, Scope, pattern_of, quoted, quoted_account};
use super::required_privileges;
use super::roles::Grants;
use super::servers::{self, InspectedServer, ServerState};
use crate::core::Database;
use crate::core::limits::{ACQUIRE_TIMEOUT, WAITERS};
use crate::driver::{MAX_SIDE_CONNECTIONS, PlainText, ReplicaLag, Session};
use crate::sql::Statements;
use crate::types::{Error, ErrorKind, Result, Step};

/// The deadline of each query of the inspection. The server answers these queries from memory.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);

/// The properties of a database server and its account, as [`Database::inspect`] reports them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Inspection {
    /// The product: `mariadb` or `mysql`.
    pub server_flavour: &'static str,
    /// The version of the server, for example `10.11.6-MariaDB`.
    pub server_version: String,
    /// The encryption of the connection.
    pub encryption: Encryption,
    /// The account that the server selected for this user and this machine, quoted as in GRANT:
    /// `'app'@'%'`.
    pub account: String,
    /// The schema of unqualified names, if the database has a default schema.
    pub schema: Option<String>,
    /// The global `sql_mode` of the server. Guests don't use it: the session defaults override it.
    pub server_sql_mode: String,
    /// The maximum number of connections to the server, from all clients (`max_connections`).
    pub server_connections: u64,
    /// The maximum number of connections of the account, if it has such a limit
    /// (`max_user_connections`).
    pub account_connections: Option<u64>,
    /// Whether the server is read-only, for example a replica.
    pub read_only: bool,
    /// The privileges of the account and of its active roles.
    pub privileges: Vec<Privileges>,
    /// Privileges on the whole server that are revoked for single schemas (`partial_revokes` of
    /// MySQL).
    pub partial_revokes: Vec<Privileges>,
    /// The servers, in the order of the options. Empty if the database has only one server; the
    /// other fields describe it, or the server of the first available connection.
    pub servers: Vec<InspectedServer>,
    /// The privilege to query the lag of replicas, if guests read from replicas.
    lag_privilege: Option<&'static str>,
    /// Whether GRANT takes a schema name literally, and not as a pattern (`partial_revokes=ON`).
    literal_schema_names: bool,
}

/// The encryption of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// The connection is encrypted.
    Tls {
        /// The protocol version, for example `TLSv1.3`.
        protocol: String,
        /// The cipher suite.
        cipher: String,
        /// Whether the host name in the server's certificate is verified. It is `false` with
        /// [`Tls::verify_ca`](crate::Tls::verify_ca).
        host_name_verified: bool,
    },
    /// The connection is not encrypted, and does not leave this machine.
    Local,
    /// The connection is not encrypted, although the server is on another machine. The options
    /// allow it with [`DatabaseOptions::insecure`](crate::DatabaseOptions::insecure).
    Insecure,
}

/// The error of [`Database::inspect`]. Its message is written for the operator and never contains a
/// password.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct InspectError {
    message: String,
    is_about_the_account: bool,
}

impl InspectError {
    /// Returns whether another account could prevent the error: the server rejected the user or
    /// the password, or denied access to the schema.
    #[must_use]
    pub fn is_about_the_account(&self) -> bool {
        self.is_about_the_account
    }
}

impl From<Error> for InspectError {
    fn from(error: Error) -> Self {
        let code = match &error.kind {
            ErrorKind::Server(server) => server.code,
            _ => 0,
        };
        // Other refusals name their remedy.
        let is_refused = error.kind == ErrorKind::AuthFailed && !error.message.contains(';');
        let advice = match error.kind {
            ErrorKind::Unreachable => "; check that the server is running, and the host and the port",
            ErrorKind::AuthFailed if is_refused => {
                "; check the user and the password, that the account may log in from this machine, and the client \
                 certificate if the account requires one"
            }
            ErrorKind::TlsFailed => {
                "; check the certificate of the server, and the options tls, tls_ca, tls_cert and tls_key"
            }
            _ if code == 1044 => "; grant the account at least one privilege in the schema",
            _ if code == 1049 => "; create the schema, or correct the schema name in the URL",
            _ => "",
        };
        let is_about_the_account = is_refused || code == 1044;
        Self { message: format!("{}{advice}", error.message), is_about_the_account }
    }
}

impl Inspection {
    /// Returns the privileges that exceed the required privileges of grants up to `statements`:
    /// privileges on other schemas, on the whole server, or of another kind. The privilege to query
    /// the lag of replicas is no excess if guests read from replicas.
    ///
    /// The result is empty for [`Statements::Any`], because such grants allow every privilege of
    /// the account.
    #[must_use]
    pub fn excess(&self, statements: Statements) -> Vec<Privileges> {
        let mut excess = required_privileges::excess(&self.privileges, self.schema.as_deref(), statements);
        for line in excess.iter_mut().filter(|line| line.scope == Scope::Server) {
            line.names.retain(|name| self.lag_privilege != Some(name));
        }
        excess.retain(|line| !line.names.is_empty());
        excess
    }

    /// Returns the required privileges that the account has only because of its
    /// [`excess`](Self::excess). Grant them again after the excess is revoked.
    #[must_use]
    pub fn only_in_excess(&self, statements: Statements) -> Vec<&'static str> {
        let excess = self.excess(statements);
        required_privileges::only_in_excess(&self.privileges, &excess, self.schema.as_deref(), statements)
    }

    /// Returns the GRANT statement for these privileges on the schema of the database. Without a
    /// default schema, the statement has the placeholder `...` in place of the schema.
    #[must_use]
    pub fn grant_sql(&self, privileges: &[&str]) -> String {
        let schema = match &self.schema {
            Some(schema) if self.literal_schema_names => quoted(schema),
            Some(schema) => quoted(&pattern_of(schema)),
            None => "...".to_owned(),
        };
        grant(privileges, &schema, &self.account)
    }

    /// Returns the statement that allows the account to query the lag of replicas. Returns `None`
    /// if guests don't read from replicas, or if every replica reported its lag.
    #[must_use]
    pub fn lag_sql(&self) -> Option<String> {
        let is_unknown = |server: &InspectedServer| server.state == ServerState::Replica(ReplicaLag::Unknown);
        let privilege = self.lag_privilege.filter(|_| self.servers.iter().any(is_unknown))?;
        Some(format!("GRANT {privilege} ON *.* TO {};", self.account))
    }

    /// Returns the required privileges of a grant of `statements` that the account lacks.
    ///
    /// A privilege on a single table of the schema counts as present. The result is empty for
    /// [`Statements::Any`].
    #[must_use]
    pub fn lacking(&self, statements: Statements) -> Vec<&'static str> {
        required_privileges::lacking(&self.privileges, &self.partial_revokes, self.schema.as_deref(), statements)
    }
}

impl Database {
    /// Queries the properties of the server and the privileges of the account.
    ///
    /// The inspection uses one connection of the pool and releases it afterwards. It waits for the
    /// connection for at most 5 s plus the connect timeout. Each query has a deadline of 5 s. Then
    /// it connects to each server of a database with several servers.
    ///
    /// # Errors
    ///
    /// Returns an [`InspectError`] if the database was closed, if no connection is available in
    /// time, or if connecting or logging in fails. Also if the server does not answer a query in
    /// time.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future is safe. It closes the connection of the inspection.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use wasmysql_host::{Database, InspectError, Statements};
    /// # async fn example(shop: Database) -> Result<(), InspectError> {
    /// let inspection = shop.inspect().await?;
    /// for privileges in inspection.excess(Statements::Read) {
    ///     let account = &inspection.account;
    ///     println!("{account} has excess {:?} on {}", privileges.names, privileges.scope);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn inspect(&self) -> Result<Inspection, InspectError> {
        let (server, facts, encryption, grants) = async {
            // Connecting has its own deadline. This deadline is for a pool whose connections are
            // all in use.
            let deadline = Instant::now() + ACQUIRE_TIMEOUT + self.pool().options().connect_timeout;
            let mut ticket = self.pool().waiters().ticket(WAITERS);
            let mut lease = self.pool().lease(&mut ticket, deadline, Vec::new()).await?;
            drop(ticket);
            // A connection can break while it is idle in the pool.
            if lease.is_untested() && with_timeout(lease.session()?.ping()).await.is_err() {
                lease.renew().await?;
            }
            let session: &mut Session = lease.session()?;
            let server = with_timeout(session.server_info()).await?;
            let facts = with_timeout(session.facts()).await?;
            let encryption = with_timeout(session.encryption()).await?;
            let grants = Grants::query(session, &quoted_account(&facts.account)).await?;
            lease.release();
            Ok::<_, Error>((server, facts, encryption, grants))
        }
        .await?;
        let host_name_verified = self.pool().options().verifies_host_name();
        let servers = servers::inspect(self).await;
        let lag_privilege = self.pool().options().reads_elsewhere().then(|| server.lag_privilege());
        let encryption = match (encryption, self.pool().options().plain_text()) {
            (Some((protocol, cipher)), _) => Encryption::Tls { protocol, cipher, host_name_verified },
            (None, PlainText::OnThisMachine) => Encryption::Local,
            (None, PlainText::AsTheOptionsSay) => Encryption::Insecure,
            // The driver enforces TLS, but the server does not report it.
            (None, PlainText::Never) => Encryption::Tls {
                protocol: "TLS".to_owned(),
                cipher: "unknown cipher (not reported by the server)".to_owned(),
                host_name_verified,
            },
        };
        Ok(Inspection {
            server_flavour: server.flavour(),
            server_version: server.version,
            encryption,
            account: quoted_account(&facts.account),
            schema: facts.schema,
            server_sql_mode: facts.sql_mode,
            server_connections: facts.server_connections,
            account_connections: Some(facts.account_connections).filter(|connections| *connections > 0),
            read_only: facts.read_only,
            privileges: grants.privileges,
            partial_revokes: grants.partial_revokes,
            servers,
            lag_privilege,
            literal_schema_names: facts.partial_revokes,
        })
    }

    /// Returns the user, the address and the schema of the database, without the password:
    /// `app@db.example:3306/shop`.
    #[must_use]
    pub fn location(&self) -> String {
        self.pool().options().to_string()
    }

    /// Returns the user name of the account.
    #[must_use]
    pub fn user(&self) -> &str {
        self.pool().options().account()
    }

    /// Returns the number of connections that the account needs: those of the pool, three to send
    /// KILL, and one for a login whose guest was cancelled. With
    /// [`prefer_replicas`](crate::DatabaseOptions::prefer_replicas) there are two pools.
    #[must_use]
    pub fn required_connections(&self) -> usize {
        self.pools().map(|pool| pool.status().max_size + MAX_SIDE_CONNECTIONS + 1).sum()
    }

    /// Returns the statements that create an account with exactly the required privileges of grants
    /// up to `statements`: a CREATE USER and a GRANT.
    ///
    /// The password is a placeholder (`'...'`). The account can log in from any machine. Its
    /// `MAX_USER_CONNECTIONS` is [`required_connections`](Self::required_connections).
    #[must_use]
    pub fn account_sql(&self, user: &str, statements: Statements) -> [String; 2] {
        let connections = self.required_connections();
        let account = quoted_account(&format!("{user}@%"));
        let schema = self.pool().options().default_schema();
        let schema = schema.map_or_else(|| "...".to_owned(), |schema| quoted(&pattern_of(schema)));
        let grant = grant(&statements.privileges(), &schema, &account);
        [format!("CREATE USER {account} IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS {connections};"), grant]
    }
}

/// Returns the GRANT statement for a schema and an account, which must be quoted.
fn grant(privileges: &[&str], schema: &str, account: &str) -> String {
    format!("GRANT {} ON {schema}.* TO {account};", privileges.join(", "))
}

pub(super) async fn with_timeout<T>(query: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(QUERY_TIMEOUT, query).await.unwrap_or_else(|_| {
        let seconds = QUERY_TIMEOUT.as_secs();
        Err(Error::timeout(
            Step::Execute,
            format!("the server did not answer a query of the inspection within {seconds} s"),
        ))
    })
}
