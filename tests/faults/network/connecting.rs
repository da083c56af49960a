//! The way is dark from the start. An address that nobody listens at is in `it::connecting`.

use std::time::{Duration, Instant};

use tokio::net::{TcpSocket, TcpStream};
use wasmysql_host::{Database, DatabaseOptions, Grant};
use wasmysql_tests::{Process, Toxic, Trial};

use super::runs;

const LIMIT: Duration = Duration::from_millis(300);

/// The error of a guest that asks for a connection, and how long it took to come.
async fn refusal(database: &Database) -> (String, Duration) {
    let start = Instant::now();
    let told = runs(database, Grant::default(), ["DO 1"]).run().await.success();
    assert_eq!(database.status().size, 0, "a failed attempt takes no place");
    (told, start.elapsed())
}

#[track_caller]
fn is_a_timeout_of_connecting((told, took): (String, Duration)) {
    assert!(told.starts_with("Timeout(Step::Connect): ") && told.contains("300 ms"), "{told}");
    assert!((LIMIT..LIMIT + Duration::from_secs(1)).contains(&took), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn n1_a_connection_without_a_handshake_is_a_timeout_of_connecting() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = Database::new(trial.options_over(&proxy).max_connections(1).connect_timeout(LIMIT)).unwrap();
    proxy.set(Toxic::BlackHole);
    is_a_timeout_of_connecting(refusal(&database).await);
    assert_eq!((proxy.connections(), proxy.received()), (1, 0));
    proxy.clear();
    trial.is_over(database).await;
}

/// Linux drops what would begin a connection where as many wait to be accepted as may.
#[tokio::test(flavor = "multi_thread")]
async fn n2_a_connection_that_is_not_answered_is_a_timeout_of_connecting() {
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
    is_a_timeout_of_connecting(refusal(&database).await);
    drop((database, waiting, listener));
    process.is_as_before().await;
}

/// That a name which changes its address is looked up anew can't be shown without a name server of the test's own, or this machine's
/// /etc/hosts: the driver hands the name to the system for each connection that it makes.
#[tokio::test(flavor = "multi_thread")]
async fn n12_a_name_that_does_not_resolve_is_unreachable() {
    let process = Process::before().await;
    let database = Database::new(DatabaseOptions::tcp("no-such-host.invalid", 3306).insecure(true)).unwrap();
    let (told, took) = refusal(&database).await;
    assert!(told.starts_with("Unreachable: ") && !told.contains("no-such-host"), "{told}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(database);
    process.is_as_before().await;
}
