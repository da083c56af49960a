//! Accounts of MySQL log in with their authentication plugins. Refused accounts are in
//! `connecting`, client certificates in `tls`.

use std::path::Path;

use wasmysql_host::{Database, DatabaseOptions, Grant, Tls};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::{PATIENCE, Proxy, Root, guest, start_server, until};

use crate::programs;

const PASSWORD: &str = "Secret-1";

/// Creates the account `account` with this authentication, and returns the administrator's
/// connection.
async fn create_account(server: &PrivateServer, plugin: &str) -> Root {
    let mut root = Root::connect(&server.socket()).await;
    for host in ["127.0.0.1", "localhost"] {
        root.run(&format!("CREATE USER account@{host} IDENTIFIED WITH {plugin} BY '{PASSWORD}'")).await;
        root.run(&format!("GRANT ALL ON {}.* TO account@{host}", server.schema())).await;
    }
    root
}

/// Logs in, and returns the output of a guest that runs a statement. When this returns, the session
/// is reset and idle, or closed.
async fn log_in(options: DatabaseOptions) -> String {
    let database = Database::new(options.user("account").password(PASSWORD)).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args(["DO 1"]).run().await.success();
    until("the connection is released", PATIENCE, async || database.status().in_use == 0).await;
    printed
}

#[track_caller]
fn is_logged_in(printed: &str) {
    assert_eq!(printed, "done, 0 rows\n");
}

async fn certificate_authority(root: &mut Root) -> Tls {
    let directory: String = root.value("SELECT @@datadir").await;
    Tls::verify_ca(Path::new(&directory).join("ca.pem"))
}

/// The server caches the hash of the password at a login with the password itself (full
/// authentication). Later logins send only a digest (fast authentication).
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: caching_sha2_password")]
async fn caching_sha2_password_works_over_every_transport() {
    let server = start_server(&[]);
    let mut root = create_account(&server, "caching_sha2_password").await;
    let tls = certificate_authority(&mut root).await;
    for tls in [Tls::off(), tls] {
        // The bytes that the host sends for one login, one statement and the reset after it.
        let mut sent = Vec::new();
        for flush in ["FLUSH PRIVILEGES", "DO 1"] {
            root.run(flush).await;
            let proxy = Proxy::to(&server).await;
            is_logged_in(&log_in(DatabaseOptions::tcp("127.0.0.1", proxy.port()).tls(tls.clone())).await);
            sent.push(proxy.sent());
        }
        let [full, fast] = &sent[..] else { panic!("two logins") };
        assert!(full.len() > fast.len(), "{tls:?}: {} and {} bytes", full.len(), fast.len());
        assert!(!full.windows(PASSWORD.len()).any(|bytes| bytes == PASSWORD.as_bytes()), "{tls:?}");
    }
    for flush in ["FLUSH PRIVILEGES", "DO 1"] {
        root.run(flush).await;
        is_logged_in(&log_in(DatabaseOptions::socket(server.socket())).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: caching_sha2_password")]
async fn caching_sha2_password_needs_tls_on_a_server_without_rsa_keys() {
    let server = start_server(&[
        "--caching-sha2-password-auto-generate-rsa-keys=OFF",
        "--caching-sha2-password-private-key-path=missing.pem",
        "--caching-sha2-password-public-key-path=missing.pem",
    ]);
    let mut root = create_account(&server, "caching_sha2_password").await;
    let tls = certificate_authority(&mut root).await;
    let plain = DatabaseOptions::tcp("127.0.0.1", server.port());
    let refused = log_in(plain.clone()).await;
    assert!(refused.starts_with("AuthFailed: ") && !refused.contains(PASSWORD), "{refused}");
    is_logged_in(&log_in(plain.clone().tls(tls)).await);
    // The server has cached the hash, so a digest is enough.
    is_logged_in(&log_in(plain).await);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: sha256_password")]
async fn unsupported_plugin_is_named_with_the_supported_ones() {
    let server = start_server(&[]);
    let mut root = create_account(&server, "sha256_password").await;
    let tls = certificate_authority(&mut root).await;
    for tls in [Tls::off(), tls] {
        let refused = log_in(DatabaseOptions::tcp("127.0.0.1", server.port()).tls(tls)).await;
        assert!(
            refused.starts_with("AuthFailed: ")
                && refused.contains("the unsupported authentication plugin 'sha256_password'")
                && refused.contains("give it caching_sha2_password"),
            "{refused}"
        );
    }
}
