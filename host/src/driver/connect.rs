//! Converts the options of a database to options of the driver.

use mysql_async::{Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;

use super::address::Address;
use super::errors::tls_failed;
use super::options::{DatabaseOptions, Tls};
use crate::types::Result;

/// Returns the driver's options for one server of the database.
///
/// Two defaults of the driver are unsafe and are turned off. With `prefer_socket` it would
/// reconnect to any local socket that the server names. Its statement cache would close statements
/// that guests still hold. The packet size and the wait timeout are set here, because the driver
/// would otherwise query them on each connection.
///
/// # Errors
///
/// Fails with `tls-failed` if the file of trusted certificates can't be read.
pub(super) fn opts(options: &DatabaseOptions, server: &Address) -> Result<Opts> {
    let mut builder = OptsBuilder::default()
        .user(Some(options.user.clone()))
        .pass(Some(options.password.expose_secret()).filter(|password| !password.is_empty()))
        .db_name(options.schema.clone())
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(options.max_packet_bytes))
        // Only the driver's own pool uses it, and that pool is not used.
        .wait_timeout(Some(0))
        .client_found_rows(!options.count_changed_rows);
    builder = match server {
        Address::Tcp { host, port } => builder.ip_or_hostname(host.clone()).tcp_port(*port),
        Address::Socket(path) => builder.socket(Some(path.to_string_lossy())),
    };
    if let Tls::Required { ca } = &options.tls {
        // Needed once per process. The call has no effect if the embedder has already installed a
        // provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots = Vec::new();
        if let Some(path) = ca {
            let pem = std::fs::read(path).map_err(|reason| {
                tls_failed(&format!("the file of trusted certificates (tls-ca) can't be read: {}", reason.kind()))
            })?;
            roots.push(pem.into());
        }
        builder = builder.ssl_opts(SslOpts::default().with_root_certs(roots));
    }
    Ok(builder.into())
}
