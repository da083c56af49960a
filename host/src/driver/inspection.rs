//! What an operator wants to know of a server and of the account that is logged in.

use std::fmt;

use super::address::Address;
use super::errors::protocol_violation;
use super::server_health::is_on;
use super::{DatabaseOptions, Session, Tls};
use crate::types::Result;

/// What the session is, and the server it is on.
#[derive(Debug)]
pub(crate) struct Facts {
    /// As `CURRENT_USER()` tells it: the account that the server chose, which can be another than was asked for.
    pub(crate) account: String,
    pub(crate) schema: Option<String>,
    /// The server's own, from which sessions of other programs start.
    pub(crate) sql_mode: String,
    pub(crate) server_connections: u64,
    /// 0: as many as the server has.
    pub(crate) account_connections: u64,
    pub(crate) read_only: bool,
}

/// What is asked of a server once.
#[derive(Debug, Clone)]
pub(crate) struct ServerInfo {
    pub(crate) version: String,
    pub(crate) sql_mode: String,
    pub(crate) max_allowed_packet: u64,
}

/// Why a connection is in plain text, or that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainText {
    Never,
    OnThisMachine,
    AsTheOptionsSay,
}

impl DatabaseOptions {
    pub(crate) fn plain_text(&self) -> PlainText {
        match self.tls {
            Tls::Required { .. } => PlainText::Never,
            Tls::Off if self.is_local() => PlainText::OnThisMachine,
            Tls::Off => PlainText::AsTheOptionsSay,
        }
    }

    pub(crate) fn account(&self) -> &str {
        &self.user
    }

    pub(crate) fn default_schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

/// Where it is, for the operator: everything but the password.
impl fmt::Display for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.user)?;
        for (index, server) in self.servers.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match server {
                Address::Tcp { host, port } if host.contains(':') => write!(f, "{comma}[{host}]:{port}")?,
                Address::Tcp { host, port } => write!(f, "{comma}{host}:{port}")?,
                Address::Socket(path) => write!(f, "{comma}{}", path.display())?,
            }
        }
        match (&self.schema, self.servers.last()) {
            (None, _) => Ok(()),
            (Some(schema), Some(Address::Socket(_))) => write!(f, ", schema {schema}"),
            (Some(schema), _) => write!(f, "/{schema}"),
        }
    }
}

impl ServerInfo {
    /// Whose server it is: `mariadb` or `mysql`.
    pub(crate) fn flavour(&self) -> &'static str {
        if self.version.contains("MariaDB") { "mariadb" } else { "mysql" }
    }
}

impl Session {
    /// What every engine tells of its server.
    pub(crate) async fn server_info(&mut self) -> Result<ServerInfo> {
        let rows: Vec<(String, String, u64)> = self.ask("SELECT @@version, @@sql_mode, @@max_allowed_packet").await?;
        let row = rows.into_iter().next().ok_or_else(|| protocol_violation("the server does not say its version"))?;
        let (version, sql_mode, max_allowed_packet) = row;
        Ok(ServerInfo { version, sql_mode, max_allowed_packet })
    }

    pub(crate) async fn facts(&mut self) -> Result<Facts> {
        let sql = "SELECT CURRENT_USER(), DATABASE(), @@GLOBAL.sql_mode, @@max_connections, @@max_user_connections, \
                   @@GLOBAL.read_only";
        let rows: Vec<(String, Option<String>, String, u64, u64, String)> = self.ask(sql).await?;
        let row =
            rows.into_iter().next().ok_or_else(|| protocol_violation("the server does not say who is logged in"))?;
        let (account, schema, sql_mode, server_connections, account_connections, read_only) = row;
        let read_only = is_on(&read_only);
        Ok(Facts { account, schema, sql_mode, server_connections, account_connections, read_only })
    }

    /// The protocol and the cipher of this connection, if it is encrypted.
    pub(crate) async fn encryption(&mut self) -> Result<Option<(String, String)>> {
        let rows: Vec<(String, String)> =
            self.ask("SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher')").await?;
        let value = |name: &str| {
            let row = rows.iter().find(|(variable, _)| variable.eq_ignore_ascii_case(name));
            row.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        Ok(value("Ssl_version").zip(value("Ssl_cipher")))
    }

    /// What the account may do, also by its roles and as everybody may.
    pub(crate) async fn show_grants(&mut self) -> Result<Vec<String>> {
        self.ask("SHOW GRANTS").await
    }
}
