//! Queries the properties of a server, of the account and of the connection, for operators.

use std::fmt;

use super::address::Address;
use super::errors::protocol_violation;
use super::server_flavour::ServerFlavour;
use super::server_health::is_on;
use super::{DatabaseOptions, Session};
use crate::types::Result;

/// Properties of the session and its server.
#[derive(Debug)]
pub(crate) struct Facts {
    /// `CURRENT_USER()`: the account that the server selected. Its name can differ from the
    /// configured user.
    pub(crate) account: String,
    pub(crate) schema: Option<String>,
    /// The global `sql_mode` of the server. Sessions of other programs start with it.
    pub(crate) sql_mode: String,
    pub(crate) server_connections: u64,
    /// The connection limit of the account; 0 means no limit other than the server's.
    pub(crate) account_connections: u64,
    pub(crate) read_only: bool,
    /// `partial_revokes` of MySQL, with which GRANT takes schema names literally.
    pub(crate) partial_revokes: bool,
}

/// Properties of a server that are queried once per database.
#[derive(Debug, Clone)]
pub(crate) struct ServerInfo {
    pub(crate) version: String,
    flavour: ServerFlavour,
    pub(crate) sql_mode: String,
    pub(crate) max_allowed_packet: u64,
}

/// Whether connections are in plain text, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainText {
    /// Connections are encrypted.
    Never,
    /// All servers are on this machine.
    OnThisMachine,
    /// The options allow plain text to another machine (`insecure`).
    AsTheOptionsSay,
}

impl DatabaseOptions {
    pub(crate) fn plain_text(&self) -> PlainText {
        match self.tls.is_off() {
            false => PlainText::Never,
            true if self.is_local() => PlainText::OnThisMachine,
            true => PlainText::AsTheOptionsSay,
        }
    }

    /// Returns whether the host name in the server's certificate is verified.
    pub(crate) fn verifies_host_name(&self) -> bool {
        self.tls.verifies_host_name()
    }

    /// Returns the addresses of the servers, for operators.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = String> {
        self.servers.iter().map(Address::to_string)
    }

    pub(crate) fn account(&self) -> &str {
        &self.user
    }

    pub(crate) fn default_schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

/// Shows the user, the servers and the schema, but not the password.
impl fmt::Display for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.user)?;
        for (index, server) in self.servers.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{server}")?;
        }
        match (&self.schema, self.servers.last()) {
            (None, _) => Ok(()),
            (Some(schema), Some(Address::Socket(_))) => write!(f, ", schema {schema}"),
            (Some(schema), _) => write!(f, "/{schema}"),
        }
    }
}

impl ServerInfo {
    /// Returns the product: `mariadb` or `mysql`.
    pub(crate) fn flavour(&self) -> &'static str {
        self.flavour.name()
    }

    /// Returns the global privilege to query the lag of replicas.
    pub(crate) fn lag_privilege(&self) -> &'static str {
        self.flavour.replica_status_privilege()
    }
}

impl Session {
    /// Queries the properties of the server that engines report to guests.
    pub(crate) async fn server_info(&mut self) -> Result<ServerInfo> {
        let rows: Vec<(String, String, u64)> = self.query("SELECT @@version, @@sql_mode, @@max_allowed_packet").await?;
        let row = rows.into_iter().next().ok_or_else(|| protocol_violation("the server did not report its version"))?;
        let (version, sql_mode, max_allowed_packet) = row;
        Ok(ServerInfo { version, flavour: self.flavour, sql_mode, max_allowed_packet })
    }

    /// Queries the properties of the session and its server.
    pub(crate) async fn facts(&mut self) -> Result<Facts> {
        type Row = (String, Option<String>, String, u64, u64, String, bool);
        let sql = "SELECT CURRENT_USER(), DATABASE(), @@GLOBAL.sql_mode, @@max_connections, @@max_user_connections, \
                   @@GLOBAL.read_only, 0 /*!80016 + @@GLOBAL.partial_revokes */";
        let rows: Vec<Row> = self.query(sql).await?;
        let row = rows
            .into_iter()
            .next()
            .ok_or_else(|| protocol_violation("the server did not report the account of the session"))?;
        let (account, schema, sql_mode, server_connections, account_connections, read_only, partial_revokes) = row;
        let read_only = is_on(&read_only);
        Ok(Facts { account, schema, sql_mode, server_connections, account_connections, read_only, partial_revokes })
    }

    /// Returns the TLS protocol and the cipher of this connection, or `None` if it is not
    /// encrypted.
    pub(crate) async fn encryption(&mut self) -> Result<Option<(String, String)>> {
        let rows: Vec<(String, String)> =
            self.query("SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher')").await?;
        let value = |name: &str| {
            let row = rows.iter().find(|(variable, _)| variable.eq_ignore_ascii_case(name));
            row.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        Ok(value("Ssl_version").zip(value("Ssl_cipher")))
    }

    /// Returns the grants of the account, including the grants of its roles and of PUBLIC.
    pub(crate) async fn show_grants(&mut self) -> Result<Vec<String>> {
        self.query("SHOW GRANTS").await
    }

    /// Returns the names and hosts of the active roles, if `show_grants` shows their privileges as
    /// privileges of the account.
    pub(crate) async fn hidden_roles(&mut self) -> Result<Vec<(String, String)>> {
        if !self.flavour.hides_holders() {
            return Ok(Vec::new());
        }
        self.query("SELECT role_name, role_host FROM information_schema.enabled_roles").await
    }

    /// Returns the grants of roles to the account and to its roles: the name and the host of the
    /// grantee, and of the role.
    pub(crate) async fn role_grants(&mut self) -> Result<Vec<(String, String, String, String)>> {
        let sql = "SELECT grantee, grantee_host, role_name, role_host FROM information_schema.applicable_roles";
        self.query(sql).await
    }

    /// Returns the grants that the account has with this role, or without any role. Both names must
    /// be quoted.
    pub(crate) async fn show_grants_with(&mut self, account: &str, role: Option<&str>) -> Result<Vec<String>> {
        let using = role.map_or_else(String::new, |role| format!(" USING {role}"));
        self.query(&format!("SHOW GRANTS FOR {account}{using}")).await
    }
}
