//! Connections with TLS. Servers without TLS or with an invalid certificate are also in
//! `tests/faults`, rows R3 and R4.

mod client_certificates;
mod files;

use std::path::Path;

use rcgen::{BasicConstraints, IsCa};
use wasmysql_host::{Config, Database, DatabaseOptions, Encryption, Grant, Tls};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::{Authority, Proxy, Root, guest, start_server};

use crate::programs;

const MARKER: &str = "must not be sent in plain text";

fn options(server: &PrivateServer, host: &str, tls: Tls) -> DatabaseOptions {
    DatabaseOptions::tcp(host, server.port()).user(server.user()).password(server.password()).tls(tls)
}

/// Connects, and returns the output of a guest that runs a statement.
async fn output(options: DatabaseOptions) -> String {
    let database = Database::new(options).unwrap();
    output_of(&database).await
}

async fn output_of(database: &Database) -> String {
    let guest = guest(programs::RUNS_EACH_STATEMENT).database("main", database, Grant::default());
    guest.args([format!("SELECT '{MARKER}'")]).run().await.success()
}

#[track_caller]
fn is_connected(output: &str) {
    assert_eq!(output, "done, 0 rows\n");
}

#[track_caller]
fn is_refused(output: &str, kind: &str, reason: &str) {
    assert!(output.starts_with(kind) && output.contains(reason), "{output}");
    for hidden in [".pem", "127.0.0.1", "localhost"] {
        assert!(!output.contains(hidden), "the error includes '{hidden}': {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn valid_certificate_encrypts_the_connection() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    let proxy = Proxy::to(&server).await;
    let options = DatabaseOptions::tcp("localhost", proxy.port()).user(server.user()).password(server.password());
    is_connected(&output(options.tls(Tls::verify_identity().ca(authority.certificate()))).await);
    let sent = proxy.sent();
    assert!(sent.len() > 1000, "{} bytes were sent", sent.len());
    for secret in [MARKER, server.user()] {
        assert!(
            !sent.windows(secret.len()).any(|window| window == secret.as_bytes()),
            "'{secret}' was sent in plain text"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_for_an_ip_address_is_valid_for_it() {
    let authority = Authority::create();
    let server = authority.server("127.0.0.1");
    is_connected(&output(options(&server, "127.0.0.1", Tls::verify_identity().ca(authority.certificate()))).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_ca_accepts_certificates_without_the_host() {
    let authority = Authority::create();
    for server in [authority.nameless_server(), authority.server("elsewhere.example")] {
        for host in ["127.0.0.1", "localhost"] {
            is_connected(&output(options(&server, host, Tls::verify_ca(authority.certificate()))).await);
            let verified = output(options(&server, host, Tls::verify_identity().ca(authority.certificate()))).await;
            is_refused(&verified, "TlsFailed", "TLS is required");
        }
    }
}

/// The driver has no mode of its own for this, so each defect of the chain is tested.
#[tokio::test(flavor = "multi_thread")]
async fn verify_ca_refuses_all_other_defects() {
    let (authority, another) = (Authority::create(), Authority::create());
    let server = authority.nameless_server();
    let tls = Tls::verify_ca(another.certificate());
    is_refused(&output(options(&server, "127.0.0.1", tls)).await, "TlsFailed", "no authority that this host trusts");
    // The driver recognizes a wrong host by this word, see `driver/tls_files.rs`.
    for name in ["NotValidForName", "elsewhere.example"] {
        let tls = Tls::verify_ca(another.certificate());
        let refused = output(options(&authority.server(name), "127.0.0.1", tls)).await;
        is_refused(&refused, "TlsFailed", "no authority that this host trusts");
        let tls = Tls::verify_ca(authority.certificate());
        let refused = output(options(&authority.outdated_server(name), "127.0.0.1", tls)).await;
        is_refused(&refused, "TlsFailed", "has expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn self_signed_certificate_is_trusted_if_it_is_the_ca() {
    let authority = Authority::create();
    let identity = authority.self_signed("localhost", IsCa::ExplicitNoCa);
    let server = authority.server_with(&identity);
    for tls in [Tls::verify_identity().ca(&identity.certificate), Tls::verify_ca(&identity.certificate)] {
        is_connected(&output(options(&server, "localhost", tls.clone())).await);
        let refused = output(options(&server, "localhost", tls.ca(authority.certificate()))).await;
        is_refused(&refused, "TlsFailed", "no authority that this host trusts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unsupported_certificates_are_refused_with_a_reason() {
    let authority = Authority::create();
    let ca = authority.self_signed("localhost", IsCa::Ca(BasicConstraints::Unconstrained));
    for (identity, reason) in [(ca, "basicConstraints=CA:FALSE"), (authority.version_1(), "of version 1")] {
        let server = authority.server_with(&identity);
        for tls in [Tls::verify_identity().ca(&identity.certificate), Tls::verify_ca(&identity.certificate)] {
            is_refused(&output(options(&server, "localhost", tls)).await, "TlsFailed", reason);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inspection_reports_whether_the_host_is_verified() {
    let authority = Authority::create();
    let server = authority.server("localhost");
    for (tls, verified) in
        [(Tls::verify_identity().ca(authority.certificate()), true), (Tls::verify_ca(authority.certificate()), false)]
    {
        let database = Database::new(options(&server, "localhost", tls)).unwrap();
        let encryption = database.inspect().await.unwrap().encryption;
        assert!(
            matches!(encryption, Encryption::Tls { host_name_verified, .. } if host_name_verified == verified),
            "{encryption:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(feature = "mysql"), ignore = "only on MySQL: it creates certificates in its data directory")]
async fn certificates_of_the_data_directory_can_be_used() {
    let server = start_server(&[]);
    client_certificates::create_account(&server, "REQUIRE X509").await;
    let directory: String = Root::connect(&server.socket()).await.value("SELECT @@datadir").await;
    let file = |name: &str| Path::new(&directory).join(name);
    let tls = Tls::verify_ca(file("ca.pem")).client_certificate(file("client-cert.pem"), file("client-key.pem"));
    let options = options(&server, "127.0.0.1", tls).user("certified").password(client_certificates::PASSWORD);
    is_connected(&output(options.clone()).await);
    let verified = output(options.tls(Tls::verify_identity().ca(file("ca.pem")))).await;
    is_refused(&verified, "TlsFailed", "TLS is required");
}

#[tokio::test(flavor = "multi_thread")]
async fn url_and_toml_have_all_tls_options() {
    let authority = Authority::create();
    let server = authority.nameless_server();
    client_certificates::create_account(&server, "REQUIRE X509").await;
    let (ca, identity) = (authority.certificate(), authority.client("plugin"));
    let (ca, certificate, key) = (ca.display(), identity.certificate.display(), identity.key.display());
    let url = format!("mysql://certified:{}@127.0.0.1:{}/", client_certificates::PASSWORD, server.port());
    let in_url = format!("tls=verify-ca&tls-ca={ca}&tls-cert={certificate}&tls-key={key}");
    is_connected(&output(DatabaseOptions::from_url(&format!("{url}?{in_url}")).unwrap()).await);
    for toml in [
        format!("url = '{url}?{in_url}'"),
        format!("url = '{url}'\ntls = 'verify-ca'\ntls_ca = '{ca}'\ntls_cert = '{certificate}'\ntls_key = '{key}'"),
        format!("url = '{url}?tls=verify-ca&tls-ca={ca}'\ntls_cert = '{certificate}'\ntls_key = '{key}'"),
        format!(
            "url = '{url}?tls=off'\ntls = 'verify-ca'\ntls_ca = '{ca}'\ntls_cert = '{certificate}'\ntls_key = '{key}'"
        ),
    ] {
        let config = Config::from_toml(&format!("[database.main]\n{toml}\n")).expect(&toml);
        let (_, database) = config.databases().next().unwrap();
        is_connected(&output_of(database).await);
    }
}
