//! What our options become in the driver's, and the baseline of every session.

use mysql_async::{Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;

use super::errors::tls_failed;
use super::options::{Address, DatabaseOptions, Tls};
use crate::types::Result;

/// What every session starts from, whatever the server's defaults and whoever had it before: strict, in UTF-8 and UTC, and
/// with locks that are given up before a statement's deadline.
const BASELINE: &str = "SET NAMES utf8mb4, \
     SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
     SESSION time_zone = '+00:00', \
     SESSION innodb_lock_wait_timeout = 10";

/// The driver's options for these. Some of its defaults would be holes: it reconnects to whatever local socket a server
/// names (`prefer_socket`), and its statement cache closes statements that are held.
///
/// Fails with `tls-failed` where the certificates to trust can't be read.
pub(super) fn opts(options: &DatabaseOptions) -> Result<Opts> {
    // `setup` runs after login and again after each reset, last first. A reset keeps the default schema, so it is set again.
    let mut setup = vec![BASELINE.to_owned()];
    if let Some(schema) = &options.schema {
        setup.push(format!("USE `{}`", schema.replace('`', "``")));
    }
    let mut builder = OptsBuilder::default()
        .user(Some(options.user.clone()))
        .pass(Some(options.password.expose_secret()).filter(|password| !password.is_empty()))
        .db_name(options.schema.clone())
        .prefer_socket(false)
        .stmt_cache_size(0)
        .client_found_rows(!options.count_changed_rows)
        .setup(setup);
    builder = match &options.address {
        Address::Tcp { host, port } => builder.ip_or_hostname(host.clone()).tcp_port(*port),
        Address::Socket(path) => builder.socket(Some(path.to_string_lossy())),
    };
    if let Tls::Required { ca } = &options.tls {
        // Needed once a process, and harmless where the embedder has chosen one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots = Vec::new();
        if let Some(path) = ca {
            let pem = std::fs::read(path).map_err(|reason| {
                tls_failed(&format!("the file of certificates to trust can't be read: {}", reason.kind()))
            })?;
            roots.push(pem.into());
        }
        builder = builder.ssl_opts(SslOpts::default().with_root_certs(roots));
    }
    Ok(builder.into())
}
