//! Before a guest's first statement.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use wasmysql_host::{Database, DatabaseOptions, Tls};
use wasmysql_mariadb::PrivateServer;
use wasmysql_tests::packet::{TEXT, column, columns, end_of_rows, switch_login, text_row};
use wasmysql_tests::{Answer, Authority, Heard, Process, Proxy, Rogue};

use super::{database, is_one_of, is_over, told};

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_login_that_would_tell_the_password_is_refused() {
    for plugin in ["mysql_clear_password", "mysql_old_password", "dialog", "no_such_plugin"] {
        let process = Process::before().await;
        let rogue = Rogue::that(move |heard| match heard {
            Heard::Login => Answer::Packets(vec![switch_login(plugin)]),
            _ => Answer::Polite,
        })
        .await;
        let database = database(&rogue);
        is_one_of(&["AuthFailed"], &told(&database).await);
        let received = rogue.received();
        assert!(received[1..].iter().all(Vec::is_empty), "{plugin}: {:?} followed the login", &received[1..]);
        is_over(&process, database, rogue).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_server_without_tls_is_told_nothing() {
    let process = Process::before().await;
    let rogue = Rogue::that(|_| Answer::Polite).await;
    let options = rogue.options().max_connections(1).tls(Tls::Required { ca: None });
    let database = Database::new(options).unwrap();
    let told = told(&database).await;
    is_one_of(&["TlsFailed"], &told);
    assert!(told.contains("does not offer it"), "{told}");
    assert_eq!(rogue.received(), Vec::<Vec<u8>>::new());
    is_over(&process, database, rogue).await;
}

/// The server is an honest one, but for its certificate. A guest is refused and told why; the server is not told who asked. How it is
/// with a good one is in `it::tls`.
async fn is_refused(server: &PrivateServer, host: &str, ca: Option<PathBuf>, reason: &str) {
    let proxy = Proxy::to(server).await;
    let options = DatabaseOptions::tcp(host, proxy.port()).user(server.user()).password(server.password());
    let database = Database::new(options.tls(Tls::Required { ca })).unwrap();
    let told = told(&database).await;
    is_one_of(&["TlsFailed"], &told);
    assert!(told.contains(reason), "{told}");
    assert!(!told.contains(host), "the address is told: {told}");
    let (sent, user) = (proxy.sent(), server.user().as_bytes());
    assert!(!sent.windows(user.len()).any(|window| window == user), "the account was told to a server nobody trusts");
    assert_eq!(database.status().size, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_certificate_that_nobody_signed_is_refused() {
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
async fn r4_a_certificate_that_has_expired_is_refused() {
    let process = Process::before().await;
    let authority = Authority::create();
    let server = authority.outdated_server("localhost");
    is_refused(&server, "localhost", Some(authority.certificate()), "has expired").await;
    drop((server, authority));
    process.is_as_before().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_certificate_for_another_host_is_refused() {
    let process = Process::before().await;
    let authority = Authority::create();
    let server = authority.server("localhost");
    is_refused(&server, "127.0.0.1", Some(authority.certificate()), "is for another host").await;
    drop((server, authority));
    process.is_as_before().await;
}

/// The driver can be told to ask for the socket, and to log in there instead.
#[tokio::test(flavor = "multi_thread")]
async fn r5_a_local_path_is_not_asked_for_and_not_taken() {
    let process = Process::before().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rogue.sock");
    let trap = UnixListener::bind(&path).unwrap();
    trap.set_nonblocking(true).unwrap();
    let path = path.to_string_lossy().into_owned();
    let rogue = Rogue::that(move |heard| match heard {
        Heard::Query(sql) if sql.contains("@@socket") => {
            let row = text_row(&["16777216", "28800", &path]);
            let columns = vec![columns(3), column("a", TEXT), column("b", TEXT), column("c", TEXT)];
            Answer::Packets([columns, vec![row, end_of_rows(2)]].concat())
        }
        _ => Answer::Polite,
    })
    .await;
    let database = database(&rogue);
    assert_eq!(told(&database).await, "done, 0 rows");
    let asked = |heard: &Heard| matches!(heard, Heard::Query(sql) if sql.contains("@@socket"));
    assert!(!rogue.heard().iter().any(asked), "{:?}", rogue.heard());
    assert_eq!(trap.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    drop(trap);
    is_over(&process, database, rogue).await;
}
