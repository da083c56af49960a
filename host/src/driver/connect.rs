//! Converts the options of a database to options of the driver.

use mysql_async::{Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;

use super::address::Address;
use super::options::DatabaseOptions;

/// Returns the driver's options for one server of the database.
///
/// Two defaults of the driver are unsafe and are turned off. With `prefer_socket` it would
/// reconnect to any local socket that the server names. Its statement cache would close statements
/// that guests still hold. The packet size and the wait timeout are set here, because the driver
/// would otherwise query them on each connection.
pub(super) fn opts(options: &DatabaseOptions, server: &Address, ssl: Option<SslOpts>) -> Opts {
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
    builder.ssl_opts(ssl).into()
}
