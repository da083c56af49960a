//! What our options become in the driver's.

use mysql_async::{Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;

use super::address::Address;
use super::errors::tls_failed;
use super::options::{DatabaseOptions, Tls};
use crate::types::Result;

/// The driver's options for one of the servers of these. Some of its defaults would be holes: it reconnects to whatever local socket a server
/// names (`prefer_socket`), and its statement cache closes statements that are held. What it would ask each server for, it is told.
///
/// Fails with `tls-failed` where the certificates to trust can't be read.
pub(super) fn opts(options: &DatabaseOptions, server: &Address) -> Result<Opts> {
    let mut builder = OptsBuilder::default()
        .user(Some(options.user.clone()))
        .pass(Some(options.password.expose_secret()).filter(|password| !password.is_empty()))
        .db_name(options.schema.clone())
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(options.max_packet_bytes))
        // Of the driver's own pool, which is not used.
        .wait_timeout(Some(0))
        .client_found_rows(!options.count_changed_rows);
    builder = match server {
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
