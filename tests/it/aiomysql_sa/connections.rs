//! How a pool makes, keeps and ends its connections.

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
async fn a_slow_connect_holds_up_nobody() {
    let schema = Schema::new().await;
    let mut gate = schema.gate().await;
    let way = Way::open().await;
    let database = Database::new(way.options().schema(schema.name()).max_connections(3)).unwrap();
    let all_is_idle = async || until("all is idle", PATIENCE, async || database.status().in_use == 0).await;
    with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    all_is_idle().await;
    let idle = database.status().idle;
    let holder = || with(&database, programs::WAITS_AT_A_GATE).args([gate.name()]).start();
    let holders: Vec<_> = (0..idle).map(|_| holder()).collect();
    gate.awaited_by(u32::try_from(idle).unwrap()).await;

    way.slow.store(true, Ordering::Relaxed);
    let slow = with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).start();
    until("it connects", PATIENCE, async || way.stuck.load(Ordering::Relaxed) == 1).await;
    gate.open().await;
    for holder in holders {
        assert_eq!(holder.ended().await.success(), "through\n");
    }
    // The one that connects counts as lent.
    until("they are given back", PATIENCE, async || database.status().in_use == 1).await;
    let quick = with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await;
    assert_eq!(quick.success(), "done, 0 rows\n");
    assert!(!slow.has_ended());
    slow.abandon().await;
    all_is_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_take_leave_of_the_server() {
    // It counts clients that do not, so it is this test's alone.
    let server = start_server(&[]);
    let mut schema = Schema::on(&server).await;
    let mut root = Root::connect(&server.socket()).await;
    let database = schema.database();
    let before = root.status("Aborted_clients").await;
    with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    until("it is given back", PATIENCE, async || database.status().in_use == 0).await;
    database.close();
    until("it is gone", PATIENCE, async || schema.sessions().await == 0).await;
    assert_eq!(root.status("Aborted_clients").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_died_in_the_pool_is_replaced() {
    let mut schema = Schema::new().await;
    let database = schema.database_of(1);
    let run = async || with(&database, programs::RUNS_EACH_STATEMENT).args(["DO 1"]).run().await.success();
    assert_eq!(run().await, "done, 0 rows\n");
    until("it is given back", PATIENCE, async || database.status().idle == 1).await;
    let idle_since = Instant::now();
    let sessions = format!("FROM information_schema.processlist WHERE db = '{}' AND user <> 'root'", schema.name());
    let id: u64 = schema.value(&format!("SELECT id {sessions}")).await;
    schema.run(&format!("KILL {id}")).await;
    until("it is gone", PATIENCE, async || schema.sessions().await == 0).await;
    assert_eq!(database.status().idle, 1, "the pool does not know");
    let longer = Duration::from_millis(600);
    until("it was idle for longer than it is trusted", PATIENCE, async || idle_since.elapsed() > longer).await;
    assert_eq!(run().await, "done, 0 rows\n");
}

/// A way to the server that tests share. It passes on what comes, until it is slow: then nothing that connects gets an
/// answer.
struct Way {
    port: u16,
    slow: Arc<AtomicBool>,
    /// Clients that get no answer.
    stuck: Arc<AtomicU32>,
    task: AbortHandle,
}

impl Way {
    async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (slow, stuck) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let task = tokio::spawn(pass_on(listener, Arc::clone(&slow), Arc::clone(&stuck))).abort_handle();
        Self { port, slow, stuck, task }
    }

    fn options(&self) -> DatabaseOptions {
        DatabaseOptions::tcp("127.0.0.1", self.port).user(shared_server().user()).password(shared_server().password())
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(listener: TcpListener, slow: Arc<AtomicBool>, stuck: Arc<AtomicU32>) {
    let mut without_an_answer = Vec::new();
    while let Ok((mut client, _)) = listener.accept().await {
        if slow.load(Ordering::Relaxed) {
            without_an_answer.push(client);
            stuck.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        tokio::spawn(async move {
            let mut server = TcpStream::connect(("127.0.0.1", shared_server().port())).await?;
            copy_bidirectional(&mut client, &mut server).await
        });
    }
}
