//! Connecting fails. `it::connecting` tests an address without a listener.

use std::time::{Duration, Instant};

use tokio::net::{TcpSocket, TcpStream};
use wasmysql_host::{Database, DatabaseOptions, Grant};
use wasmysql_tests::{Process, Toxic, Trial};

use super::runs;

const LIMIT: Duration = Duration::from_millis(300);

/// Returns the error of a guest that acquires a connection, and the time until the error.
async fn connect_error(database: &Database) -> (String, Duration) {
    let start = Instant::now();
    let output = runs(database, Grant::default(), ["DO 1"]).run().await.success();
    assert_eq!(database.status().size, 0, "a failed attempt occupies a slot");
    (output, start.elapsed())
}

#[track_caller]
fn assert_connect_timeout((output, took): (String, Duration)) {
    assert!(output.starts_with("Timeout(Connect): ") && output.contains("300 ms"), "{output}");
    assert!((LIMIT..LIMIT + Duration::from_secs(1)).contains(&took), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn n1_missing_handshake_is_a_connect_timeout() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = Database::new(trial.options_over(&proxy).max_connections(1).connect_timeout(LIMIT)).unwrap();
    proxy.set(Toxic::BlackHole);
    assert_connect_timeout(connect_error(&database).await);
    assert_eq!((proxy.connections(), proxy.received()), (1, 0));
    proxy.clear();
    trial.is_over(database).await;
}

/// Linux drops SYN packets while the accept queue of the listener is full.
#[tokio::test(flavor = "multi_thread")]
async fn n2_unanswered_syn_is_a_connect_timeout() {
    let process = Process::before().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(LIMIT, TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    let database = Database::new(DatabaseOptions::tcp("127.0.0.1", address.port()).connect_timeout(LIMIT)).unwrap();
    assert_connect_timeout(connect_error(&database).await);
    drop((database, waiting, listener));
    process.is_as_before().await;
}

/// The driver resolves the name through the operating system for each new connection.
///
/// No test covers a name whose address changes: that needs a name server, or a change of this
/// machine's /etc/hosts.
#[tokio::test(flavor = "multi_thread")]
async fn n12_unresolvable_name_is_unreachable() {
    let process = Process::before().await;
    let database = Database::new(DatabaseOptions::tcp("no-such-host.invalid", 3306).insecure(true)).unwrap();
    let (output, took) = connect_error(&database).await;
    assert!(output.starts_with("Unreachable: ") && !output.contains("no-such-host"), "{output}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(database);
    process.is_as_before().await;
}
