//! Connections with required TLS. Servers without TLS or with an invalid certificate are in
//! `tests/faults`, rows R3 and R4.

use wasmysql_host::{Database, DatabaseOptions, Grant, Tls};
use wasmysql_tests::{Authority, Proxy, guest};

use crate::programs;

const MARKER: &str = "must not be sent in plain text";

#[tokio::test(flavor = "multi_thread")]
async fn valid_certificate_encrypts_the_connection() {
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
        assert!(
            !sent.windows(secret.len()).any(|window| window == secret.as_bytes()),
            "'{secret}' was sent in plain text"
        );
    }
}

#[test]
fn unreadable_ca_file_is_reported_by_the_constructor() {
    let options = DatabaseOptions::tcp("localhost", 3306).tls(Tls::Required { ca: Some("/no/such/ca.pem".into()) });
    let error = Database::new(options).unwrap_err().to_string();
    assert!(error.contains("/no/such/ca.pem"), "{error}");
}
