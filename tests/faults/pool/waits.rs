//! Waiting for a connection: P1, P4, P5, P6, P10; and that one guest leaves something for others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Gate, Guest, PATIENCE, Running, Trial, guest, until};

use crate::programs;

/// A guest that has a connection and keeps it until the gate opens.
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
    until(format!("{calls} wait"), PATIENCE, async || database.status().waiting == calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_waiter_that_is_woken_and_then_dropped_does_not_keep_the_next_one_waiting() {
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
        // Anywhere between being woken and being done.
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
async fn p4_p5_a_waiter_is_told_in_time_and_one_too_many_at_once() {
    let trial = Trial::new().await;
    let database = trial.database_of(1);
    let mut gate = trial.schema.gate().await;
    let holder = holder(&database, &mut gate).await;
    let limit = Duration::from_millis(400);
    let grant = || Grant::default().acquire_timeout(limit).max_waiters(2);
    let start = Instant::now();
    let waiters = [(); 2].map(|()| waiter(&database, grant(), "DO 1").start());
    waiting(&database, 2).await;
    let one_more = waiter(&database, grant(), "DO 1").run().await.success();
    assert!(one_more.starts_with("LimitExceeded(Limit::Waiters): 2 calls wait"), "{one_more}");
    assert!(start.elapsed() < limit, "at once");
    for waiter in waiters {
        let told = waiter.ended().await.success();
        assert!(told.starts_with("Timeout(Step::Acquire): "), "{told}");
        assert!(told.contains("1 of 1 connections, 1 in use, 0 idle, and "), "{told}");
    }
    assert!(start.elapsed() >= limit && start.elapsed() < limit + Duration::from_millis(250), "{:?}", start.elapsed());
    gate.open().await;
    holder.ended().await.success();
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_a_hundred_waiters_are_served_in_their_order() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE served (turn INT AUTO_INCREMENT PRIMARY KEY, who INT)").await;
    let database = trial.database_of(1);
    let grant = Grant::new(Statements::Dml).max_connections(200).acquire_timeout(PATIENCE);
    let waits = guest(programs::FAULT_WAITS_IN_LINE).database("main", &database, grant);
    assert_eq!(waits.run().await.success(), "served\n");
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM served").await, 100);
    assert_eq!(trial.schema.value::<u32>("SELECT COUNT(*) FROM served WHERE who <> turn").await, 0);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_guest_however_many_its_instances_leaves_something_for_another() {
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
    let told = greedy(gate.name()).ended().await;
    assert!(told.stderr.contains("3 of the pool's 5"), "{}{}", told.stdout, told.stderr);
    let modest = waiter(&database, Grant::default(), "DO 1").guest_name("modest").run().await.success();
    assert_eq!(modest, "done, 0 rows\n");
    gate.open().await;
    for held in held {
        held.ended().await.success();
    }
    drop(database);
    // Whose share is the whole, so that all of it can be looked at.
    let database = trial.database_of(1);
    trial.is_over(database).await;
}

/// A server that hangs up on whoever connects, and counts.
async fn hangs_up() -> (DatabaseOptions, Arc<AtomicU32>, JoinHandle<()>) {
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
async fn p10_a_server_that_can_not_be_connected_to_is_not_hammered() {
    let trial = Trial::new().await;
    let (options, attempts, server) = hangs_up().await;
    let down = Database::new(options.max_connections(4)).unwrap();
    let start = Instant::now();
    // One after the other, and then many at once: all are told, and few attempts are made.
    for _ in 0..4 {
        let told = waiter(&down, Grant::default(), "DO 1").run().await.success();
        assert!(told.starts_with("ConnectionLost: ") || told.starts_with("Unreachable: "), "{told}");
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 4);
    assert!(start.elapsed() >= Duration::from_millis(50 + 100 + 200), "it is asked ever less often");
    let grant = || Grant::default().acquire_timeout(Duration::from_millis(1500));
    let many = (0..40).map(|_| waiter(&down, grant(), "DO 1").start().ended());
    for told in join_all(many).await.into_iter().map(|outcome| outcome.success()) {
        let is_told = told.starts_with("ConnectionLost: ") || told.starts_with("Unreachable: ");
        assert!(is_told || told.contains("the last attempt to connect failed: "), "{told}");
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
async fn p10_a_server_that_comes_back_meets_no_herd() {
    let mut trial = Trial::new().await;
    let database = trial.database_of(4);
    trial.server.kill();
    for _ in 0..3 {
        let told = waiter(&database, Grant::default(), "DO 1").run().await.success();
        assert!(told.starts_with("Unreachable: "), "{told}");
    }
    let waiters: Vec<_> = (0..40).map(|_| waiter(&database, Grant::default(), "DO 1").start()).collect();
    trial.restarted().await;
    join_all(waiters.into_iter().map(Running::ended)).await;
    assert!(database.status().size <= 4, "{:?}", database.status());
    assert!(trial.schema.status("Max_used_connections").await <= 4 + 2, "the pool's, and the administrator's");
    assert_eq!(waiter(&database, Grant::default(), "DO 1").run().await.success(), "done, 0 rows\n");
    trial.is_over(database).await;
}
