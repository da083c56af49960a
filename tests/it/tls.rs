//! Where TLS is required there is TLS. That there is nothing where it can't be had, or the certificate is not good, is in
//! `tests/faults`, rows R3 and R4.

use wasmysql_host::{Database, DatabaseOptions, Grant, Tls};
use wasmysql_tests::{Authority, Proxy, guest};

use crate::programs;

const MARKER: &str = "nobody may read this";

#[tokio::test(flavor = "multi_thread")]
async fn a_good_certificate_makes_a_private_connection() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let proxy = Proxy::to(&server).await;
    let options = DatabaseOptions::tcp("localhost", proxy.port()).user(server.user()).password(server.password());
    let database = Database::new(options.tls(Tls::Required { ca: Some(authority.certificate()) })).unwrap();
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", &database, Grant::default());
    let printed = guest.args([format!("SELECT '{MARKER}'")]).run().await.success();
    assert_eq!(printed, "done, 0 rows\n");
    let sent = proxy.sent();
    assert!(sent.len() > 1000, "{} bytes were sent", sent.len());
    for secret in [MARKER, server.user()] {
        assert!(!sent.windows(secret.len()).any(|window| window == secret.as_bytes()), "in plain text: {secret}");
    }
}

#[test]
fn an_authority_that_can_not_be_read_is_told_when_the_database_is_made() {
    let options = DatabaseOptions::tcp("localhost", 3306).tls(Tls::Required { ca: Some("/no/such/ca.pem".into()) });
    let error = Database::new(options).unwrap_err().to_string();
    assert!(error.contains("/no/such/ca.pem"), "{error}");
}
