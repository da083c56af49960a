//! Client certificates, for accounts that require them.

use std::fs;
use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Tls};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::{Authority, Identity, PATIENCE, Root, until};

use super::{is_connected, is_refused, options, output, output_of};

pub(super) const PASSWORD: &str = "0d4b1ecf";

/// Creates the account `certified` with these requirements.
pub(super) async fn create_account(server: &PrivateServer, requirements: &str) {
    let mut root = Root::connect(&server.socket()).await;
    root.run("DROP USER IF EXISTS 'certified'@'127.0.0.1'").await;
    root.run(&format!("CREATE USER 'certified'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}' {requirements}")).await;
}

fn certified(server: &PrivateServer, authority: &Authority, identity: Option<&Identity>) -> DatabaseOptions {
    let mut tls = Tls::verify_identity().ca(authority.certificate());
    if let Some(identity) = identity {
        tls = tls.client_certificate(&identity.certificate, &identity.key);
    }
    options(server, "localhost", tls).user("certified").password(PASSWORD)
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_can_require_a_client_certificate() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let (plugin, other) = (authority.client("plugin"), authority.client("other"));
    let issuer = Authority::SUBJECT;
    for (requirements, other_is_accepted) in [
        ("REQUIRE X509", true),
        (&*format!("REQUIRE ISSUER '{issuer}'"), true),
        ("REQUIRE SUBJECT '/CN=plugin'", false),
        (&*format!("REQUIRE SUBJECT '/CN=plugin' AND ISSUER '{issuer}'"), false),
    ] {
        create_account(&server, requirements).await;
        is_connected(&output(certified(&server, &authority, Some(&plugin))).await);
        is_refused(&output(certified(&server, &authority, None)).await, "AuthFailed", "(1045)");
        let output = output(certified(&server, &authority, Some(&other))).await;
        match other_is_accepted {
            true => is_connected(&output),
            false => is_refused(&output, "AuthFailed", "(1045)"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn untrusted_client_certificate_is_reported() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    create_account(&server, "REQUIRE X509").await;
    let another = Authority::create();
    let output = output(certified(&server, &authority, Some(&another.client("plugin")))).await;
    is_refused(&output, "TlsFailed", "the server refused the client certificate (tls_cert)");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_connections_use_renewed_files() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let (first, second) = (authority.client("first"), authority.client("second"));
    create_account(&server, "REQUIRE SUBJECT '/CN=first'").await;
    // Each lease opens a new connection.
    let options = certified(&server, &authority, Some(&first)).max_lifetime(Duration::from_nanos(1));
    let database = Database::new(options).unwrap();
    is_connected(&output_of(&database).await);

    create_account(&server, "REQUIRE SUBJECT '/CN=second'").await;
    is_refused(&output_of(&database).await, "AuthFailed", "(1045)");
    fs::copy(&second.key, &first.key).unwrap();
    // The key does not belong to the certificate, so the previous files are used.
    is_refused(&output_of(&database).await, "AuthFailed", "(1045)");
    fs::copy(&second.certificate, &first.certificate).unwrap();
    is_connected(&output_of(&database).await);
    fs::remove_file(&first.key).unwrap();
    is_connected(&output_of(&database).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_files_fail_the_first_connection() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let identity = authority.client("plugin");
    let database = Database::new(certified(&server, &authority, Some(&identity))).unwrap();
    fs::remove_file(&identity.key).unwrap();
    is_refused(&output_of(&database).await, "TlsFailed", "(tls_key) can't be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_of_an_open_database_shows_no_secret() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    create_account(&server, "REQUIRE X509").await;
    let identity = authority.client("plugin");
    let database = Database::new(certified(&server, &authority, Some(&identity))).unwrap();
    is_connected(&output_of(&database).await);
    until("the connection is idle", PATIENCE, async || database.status().idle == 1).await;
    let shown = format!("{database:?}");
    let key = fs::read_to_string(&identity.key).unwrap();
    let key_line = key.lines().nth(1).unwrap();
    // The driver shows the contents of files as numbers.
    let key_numbers = format!("{:?}", &key.as_bytes()[..16]);
    for secret in [PASSWORD, key_line, key_numbers.trim_matches(['[', ']'])] {
        assert!(!shown.contains(secret), "'{secret}' is shown: {shown}");
    }
}
