//! Faults during the login, before a guest's first statement.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use wasmysql_host::{Database, DatabaseOptions, Tls};
use wasmysql_private_server::PrivateServer;
use wasmysql_tests::packet::{TEXT, column, columns, end_of_rows, switch_login, text_row};
use wasmysql_tests::{Answer, Authority, Process, Proxy, Request, Rogue};

use super::{database, is_one_of, is_over, run_statement};

#[tokio::test(flavor = "multi_thread")]
async fn r2_login_that_reveals_the_password_is_refused() {
    for plugin in ["mysql_clear_password", "mysql_old_password", "dialog", "no_such_plugin"] {
        let process = Process::before().await;
        let rogue = Rogue::start(move |request| match request {
            Request::Login => Answer::Packets(vec![switch_login(plugin)]),
            _ => Answer::Correct,
        })
        .await;
        let database = database(&rogue);
        let output = run_statement(&database).await;
        is_one_of(&["AuthFailed"], &output);
        let reasons = format!("plugin '{plugin}': either the account configured for this database does not exist");
        assert!(output.contains(&reasons), "{output}");
        let received = rogue.received();
        assert!(received[1..].iter().all(Vec::is_empty), "{plugin}: {:?} followed the login", &received[1..]);
        is_over(&process, database, rogue).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_server_without_tls_receives_nothing() {
    let process = Process::before().await;
    let rogue = Rogue::start(|_| Answer::Correct).await;
    let options = rogue.options().max_connections(1).tls(Tls::verify_identity());
    let database = Database::new(options).unwrap();
    let output = run_statement(&database).await;
    is_one_of(&["TlsFailed"], &output);
    assert!(output.contains("does not offer it"), "{output}");
    assert_eq!(rogue.received(), Vec::<Vec<u8>>::new());
    is_over(&process, database, rogue).await;
}

/// Checks that the guest's error includes the reason, and that the server does not receive the
/// account name.
///
/// Only the certificate of the server is wrong. `it::tls` tests valid certificates.
async fn is_refused(server: &PrivateServer, host: &str, ca: Option<PathBuf>, reason: &str) {
    let proxy = Proxy::to(server).await;
    let options = DatabaseOptions::tcp(host, proxy.port()).user(server.user()).password(server.password());
    let tls = Tls::verify_identity();
    let tls = if let Some(ca) = ca { tls.ca(ca) } else { tls };
    let database = Database::new(options.tls(tls)).unwrap();
    let output = run_statement(&database).await;
    is_one_of(&["TlsFailed"], &output);
    assert!(output.contains(reason), "{output}");
    assert!(!output.contains(host), "the error includes the address: {output}");
    let (sent, user) = (proxy.sent(), server.user().as_bytes());
    assert!(
        !sent.windows(user.len()).any(|window| window == user),
        "the host sent the account name to an untrusted server"
    );
    assert_eq!(database.status().size, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_untrusted_certificate_is_refused() {
    let process = Process::before().await;
    let authority = Authority::create();
    let server = authority.server("localhost");
    is_refused(&server, "localhost", None, "no authority that this host trusts").await;
    let another = Authority::create();
    is_refused(&server, "localhost", Some(another.certificate()), "no authority that this host trusts").await;
    drop((server, authority));
    process.is_as_before().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_expired_certificate_is_refused() {
    let process = Process::before().await;
    let authority = Authority::create();
    let server = authority.outdated_server("localhost");
    is_refused(&server, "localhost", Some(authority.certificate()), "has expired").await;
    drop((server, authority));
    process.is_as_before().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_certificate_for_another_host_is_refused() {
    let process = Process::before().await;
    let authority = Authority::create();
    let server = authority.server("localhost");
    is_refused(&server, "127.0.0.1", Some(authority.certificate()), "is for another host").await;
    drop((server, authority));
    process.is_as_before().await;
}

/// The driver can query the path of the server's local socket and log in there instead. The host
/// disables this.
#[tokio::test(flavor = "multi_thread")]
async fn r5_local_socket_is_neither_queried_nor_used() {
    let process = Process::before().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rogue.sock");
    let listener = UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    let path = path.to_string_lossy().into_owned();
    let rogue = Rogue::start(move |request| match request {
        Request::Query(sql) if sql.contains("@@socket") => {
            let row = text_row(&["16777216", "28800", &path]);
            let columns = vec![columns(3), column("a", TEXT), column("b", TEXT), column("c", TEXT)];
            Answer::Packets([columns, vec![row, end_of_rows(2)]].concat())
        }
        _ => Answer::Correct,
    })
    .await;
    let database = database(&rogue);
    assert_eq!(run_statement(&database).await, "done, 0 rows");
    let is_socket_query = |request: &Request| matches!(request, Request::Query(sql) if sql.contains("@@socket"));
    assert!(!rogue.requests().iter().any(is_socket_query), "{:?}", rogue.requests());
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    drop(listener);
    is_over(&process, database, rogue).await;
}
