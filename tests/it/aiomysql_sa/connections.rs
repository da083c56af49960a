//! How a pool opens, keeps and closes its connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use wasmysql_host::{Database, DatabaseOptions, Grant};
use wasmysql_tests::{Guest, PATIENCE, Root, Schema, guest, shared_server, start_server, until};

use crate::programs;

fn with(database: &Database, program: &'static str) -> Guest {
    guest(program).database("main", database, Grant::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_connect_delays_no_other_guest() {
    let schema = Schema::new().await;
    let mut gate = schema.gate().await;
    let relay = Relay::open().await;
    let options = relay.options().schema(schema.name()).min_connections(2).max_connections(3);
    let database = Database::new(options).unwrap();
    let all_are_idle =
        async || until("all connections are idle", PATIENCE, async || database.status().in_use == 0).await;
    with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    until("two connections are idle", PATIENCE, async || database.status().idle == 2).await;
    let holder = || with(&database, programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    let holders: Vec<_> = (0..2).map(|_| holder()).collect();
    gate.awaited_by(2).await;

    relay.slow.store(true, Ordering::Relaxed);
    let slow = with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).start();
    until("the guest connects", PATIENCE, async || relay.stuck.load(Ordering::Relaxed) == 1).await;
    gate.open().await;
    for holder in holders {
        assert_eq!(holder.ended().await.success(), "through\n");
    }
    // The connection that is being established counts as in use.
    until("the other connections are released", PATIENCE, async || database.status().in_use == 1).await;
    let quick = with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await;
    assert_eq!(quick.success(), "done, 0 rows\n");
    assert!(!slow.has_ended());
    slow.abandon().await;
    all_are_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_closed_with_com_quit() {
    // `Aborted_clients` counts for the whole server, so the test cannot use the shared one.
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    let mut root = Root::connect(&server.socket()).await;
    let database = schema.database();
    let before = root.status("Aborted_clients").await;
    with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    until("the connection is released", PATIENCE, async || database.status().in_use == 0).await;
    database.close();
    until("the session has ended", PATIENCE, async || schema.sessions().await == 0).await;
    assert_eq!(root.status("Aborted_clients").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_killed_while_idle_is_replaced() {
    let mut schema = Schema::new().await;
    let database = schema.database_of(1);
    let run = async || with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    assert_eq!(run().await, "done, 0 rows\n");
    until("the connection is released", PATIENCE, async || database.status().idle == 1).await;
    let idle_since = Instant::now();
    let sessions = format!("FROM information_schema.processlist WHERE db = '{}' AND user <> 'root'", schema.name());
    let id: u64 = schema.value(&format!("SELECT id {sessions}")).await;
    schema.run(&format!("KILL {id}")).await;
    until("the session has ended", PATIENCE, async || schema.sessions().await == 0).await;
    assert_eq!(database.status().idle, 1, "the pool has not noticed");
    let longer = Duration::from_millis(600);
    until("the connection was idle for long enough to be pinged", PATIENCE, async || idle_since.elapsed() > longer)
        .await;
    assert_eq!(run().await, "done, 0 rows\n");
}

/// A relay to the shared server. Once `slow` is set, it accepts new connections but never answers
/// them.
struct Relay {
    port: u16,
    slow: Arc<AtomicBool>,
    /// The number of clients that get no answer.
    stuck: Arc<AtomicU32>,
    task: AbortHandle,
}

impl Relay {
    async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (slow, stuck) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let task = tokio::spawn(relay(listener, Arc::clone(&slow), Arc::clone(&stuck))).abort_handle();
        Self { port, slow, stuck, task }
    }

    fn options(&self) -> DatabaseOptions {
        DatabaseOptions::tcp("127.0.0.1", self.port).user(shared_server().user()).password(shared_server().password())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(listener: TcpListener, slow: Arc<AtomicBool>, stuck: Arc<AtomicU32>) {
    let mut unanswered = Vec::new();
    while let Ok((mut client, _)) = listener.accept().await {
        if slow.load(Ordering::Relaxed) {
            unanswered.push(client);
            stuck.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        tokio::spawn(async move {
            let mut server = TcpStream::connect(("127.0.0.1", shared_server().port())).await?;
            copy_bidirectional(&mut client, &mut server).await
        });
    }
}
