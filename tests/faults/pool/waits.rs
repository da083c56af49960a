//! Waiting for a connection: P1, P4, P5, P6, P10. Also the share of a pool that one guest may hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Gate, Guest, PATIENCE, Running, Trial, guest, until};

use crate::programs;

/// Starts a guest that holds a connection until the gate opens.
async fn holder(database: &Database, gate: &mut Gate) -> Running {
    let holder = guest(programs::WAITS_AT_A_GATE).database("main", database, Grant::new(Statements::Dml));
    let holder = holder.args([gate.name()]).start();
    gate.awaited_by(1).await;
    holder
}

fn waiter(database: &Database, grant: Grant, statement: &str) -> Guest {
    guest(programs::RUNS_EACH_STATEMENT).database("main", database, grant).args([statement])
}

async fn waiting(database: &Database, calls: usize) {
    until(format!("{calls} calls wait"), PATIENCE, async || database.status().waiting == calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_waiter_dropped_after_its_wake_up_passes_it_on() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    for _ in 0..20 {
        let mut gate = trial.schema.gate().await;
        let holder = holder(&database, &mut gate).await;
        let dropped = waiter(&database, Grant::default(), "DO 1").start();
        waiting(&database, 1).await;
        let next = waiter(&database, Grant::default(), "DO 2").start();
        waiting(&database, 2).await;
        gate.open().await;
        // The waiter is dropped at any point between its wake-up and its end.
        tokio::task::yield_now().await;
        drop(dropped);
        holder.ended().await.success();
        let start = Instant::now();
        assert_eq!(next.ended().await.success(), "done, 0 rows\n");
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_p5_waiters_time_out_and_surplus_waiters_are_refused() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    let mut gate = trial.schema.gate().await;
    let holder = holder(&database, &mut gate).await;
    let limit = Duration::from_millis(400);
    let grant = || Grant::default().acquire_timeout(limit).max_waiters(2);
    let start = Instant::now();
    let waiters = [(); 2].map(|()| waiter(&database, grant(), "DO 1").start());
    waiting(&database, 2).await;
    let surplus = waiter(&database, grant(), "DO 1").run().await.success();
    assert!(surplus.starts_with("LimitExceeded(Waiters): 2 calls wait"), "{surplus}");
    assert!(start.elapsed() < limit, "the refusal took {:?}", start.elapsed());
    for waiter in waiters {
        let output = waiter.ended().await.success();
        assert!(output.starts_with("Timeout(Acquire): "), "{output}");
        assert!(output.contains("1 of 1 connections, 1 in use, 0 idle, and "), "{output}");
    }
    assert!(start.elapsed() >= limit && start.elapsed() < limit + Duration::from_millis(250), "{:?}", start.elapsed());
    gate.open().await;
    holder.ended().await.success();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_hundred_waiters_are_served_in_order() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE served (turn INT AUTO_INCREMENT PRIMARY KEY, who INT)").await;
    let database = trial.database_of(1);
    let grant = Grant::new(Statements::Dml).max_connections(200).acquire_timeout(PATIENCE);
    let waits = guest(programs::FAULT_QUEUES_FOR_A_CONNECTION).database("main", &database, grant);
    assert_eq!(waits.run().await.success(), "served\n");
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM served").await, 100);
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM served WHERE who <> turn").await, 0);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_share_leaves_connections_for_other_guests() {
    let trial = Trial::new().await;
    let options = trial.options().max_connections(5).guest_share(60);
    let database = Database::new(options).unwrap();
    let mut gate = trial.schema.gate().await;
    let greedy = |wait: &str| {
        let grant = Grant::new(Statements::Dml).acquire_timeout(Duration::from_millis(300));
        let guest = guest(programs::WAITS_AT_A_GATE).guest_name("greedy").database("main", &database, grant);
        guest.args([wait]).start()
    };
    let held: Vec<_> = (0..3).map(|_| greedy(gate.name())).collect();
    gate.awaited_by(3).await;
    let output = greedy(gate.name()).ended().await;
    assert!(output.stderr.contains("3 of the pool's 5"), "{}{}", output.stdout, output.stderr);
    let modest = waiter(&database, Grant::default(), "DO 1").guest_name("modest").run().await.success();
    assert_eq!(modest, "done, 0 rows\n");
    gate.open().await;
    for held in held {
        held.ended().await.success();
    }
    drop(database);
    // The final checks need a pool that one guest may hold completely.
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

/// Starts a server that closes each connection at once and counts the attempts.
async fn server_that_hangs_up() -> (DatabaseOptions, Arc<AtomicU32>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = DatabaseOptions::tcp("127.0.0.1", listener.local_addr().unwrap().port());
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    let task = tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    (options, attempts, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_failing_connects_back_off() {
    let trial = Trial::new().await;
    let (options, attempts, server) = server_that_hangs_up().await;
    let down = Database::new(options.max_connections(4)).unwrap();
    let start = Instant::now();
    // First one guest after the other, then many at once: all get an error, and the host makes few
    // attempts.
    for _ in 0..4 {
        let output = waiter(&down, Grant::default(), "DO 1").run().await.success();
        assert!(output.starts_with("ConnectionLost: ") || output.starts_with("Unreachable: "), "{output}");
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 4);
    assert!(
        start.elapsed() >= Duration::from_millis(50 + 100 + 200),
        "the backoff is too short: {:?}",
        start.elapsed()
    );
    let grant = || Grant::default().acquire_timeout(Duration::from_millis(1500));
    let many = (0..40).map(|_| waiter(&down, grant(), "DO 1").start().ended());
    for output in join_all(many).await.into_iter().map(|outcome| outcome.success()) {
        let is_direct = output.starts_with("ConnectionLost: ") || output.starts_with("Unreachable: ");
        assert!(is_direct || output.contains("the last attempt to connect failed: "), "{output}");
    }
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts <= 8, "{attempts} attempts");
    assert_eq!((down.status().size, down.status().in_use, down.status().waiting), (0, 0, 0));
    drop(down);
    server.abort();
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_recovered_server_gets_no_stampede() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    trial.server.kill();
    for _ in 0..3 {
        let output = waiter(&database, Grant::default(), "DO 1").run().await.success();
        assert!(output.starts_with("Unreachable: "), "{output}");
    }
    let waiters: Vec<_> = (0..40).map(|_| waiter(&database, Grant::default(), "DO 1").start()).collect();
    trial.restarted().await;
    join_all(waiters.into_iter().map(Running::ended)).await;
    assert!(database.status().size <= 4, "{:?}", database.status());
    assert!(
        trial.schema.status("Max_used_connections").await <= 4 + 2,
        "more connections than those of the pool and the administrator"
    );
    assert_eq!(waiter(&database, Grant::default(), "DO 1").run().await.success(), "done, 0 rows\n");
    trial.is_over(database).await;
}
