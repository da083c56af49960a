//! Where TLS is required there is TLS, with a certificate that is good, or there is nothing.

use std::path::PathBuf;

use wasmysql_host::{Database, DatabaseOptions, Grant, Tls};
use wasmysql_mariadb::PrivateServer;
use wasmysql_tests::{Authority, Proxy, guest, shared_server};

use crate::programs;

const MARKER: &str = "nobody may read this";

/// Runs a statement over TLS through a proxy: what the guest printed, and what could be seen on the way.
async fn over_tls(server: &PrivateServer, host: &str, ca: Option<PathBuf>) -> (String, Vec<u8>) {
    let proxy = Proxy::to(server).await;
    let options = DatabaseOptions::tcp(host, proxy.port()).user(server.user()).password(server.password());
    let database = Database::new(options.tls(Tls::Required { ca })).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args([format!("SELECT '{MARKER}'")]).run().await.success();
    (printed, proxy.sent())
}

fn contains(sent: &[u8], text: &str) -> bool {
    sent.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_told_nothing() {
    let (printed, sent) = over_tls(shared_server(), "localhost", None).await;
    assert!(printed.starts_with("TlsFailed: "), "{printed}");
    assert!(sent.is_empty(), "{} bytes were sent", sent.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_certificate_makes_a_private_connection() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let (printed, sent) = over_tls(&server, "localhost", Some(authority.certificate())).await;
    assert_eq!(printed, "done, 0 rows\n");
    assert!(sent.len() > 1000, "{} bytes were sent", sent.len());
    assert!(!contains(&sent, MARKER) && !contains(&sent, server.user()), "in plain text");

    let untrusted = over_tls(&server, "localhost", None).await;
    refused(&untrusted, &server);
    let another = Authority::create();
    let untrusted = over_tls(&server, "localhost", Some(another.certificate())).await;
    refused(&untrusted, &server);
    let another_host = over_tls(&server, "127.0.0.1", Some(authority.certificate())).await;
    refused(&another_host, &server);
}

#[test]
fn an_authority_that_can_not_be_read_is_told_when_the_database_is_made() {
    let options = DatabaseOptions::tcp("localhost", 3306).tls(Tls::Required { ca: Some("/no/such/ca.pem".into()) });
    let error = Database::new(options).unwrap_err().to_string();
    assert!(error.contains("/no/such/ca.pem"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outdated_certificate_is_refused() {
    let authority = Authority::create();
    let server = authority.outdated_server("localhost");
    refused(&over_tls(&server, "localhost", Some(authority.certificate())).await, &server);
}

#[track_caller]
fn refused((printed, sent): &(String, Vec<u8>), server: &PrivateServer) {
    assert!(printed.starts_with("TlsFailed: "), "{printed}");
    assert!(!contains(sent, server.user()), "the account was told to a server nobody trusts");
}
