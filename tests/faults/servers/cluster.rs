//! A Galera cluster of three nodes, of which one is killed, or cut off: C10, C11.

use std::collections::BTreeMap;
use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Api, Cluster, NODES, Outcome, PATIENCE, Process, Root, Running, guest, until};

use crate::programs;

const SCHEMA: &str = "shop";
const GUESTS: usize = 6;
/// The node that nothing is done to.
const UNTOUCHED: usize = 2;

/// Guests of both APIs that commit one transaction after the other, at a cluster.
struct Traffic {
    process: Process,
    cluster: Cluster,
    database: Database,
    guests: Vec<Running>,
}

/// What guests were told of their transactions.
#[derive(Debug, Default)]
struct Told {
    /// The guest and the number.
    committed: Vec<(usize, u64)>,
    unknown: Vec<(usize, u64)>,
    /// The errors of each guest.
    failed: BTreeMap<usize, Vec<String>>,
}

impl Traffic {
    async fn begin() -> Self {
        let mut process = Process::before().await;
        let cluster = Cluster::start(SCHEMA).await;
        let mut root = cluster.root(0).await;
        root.run(&format!(
            "CREATE TABLE {SCHEMA}.t (guest INT, number INT, half INT, PRIMARY KEY (guest, number, half))"
        ))
        .await;
        root.run(&format!("CREATE TABLE {SCHEMA}.ended (id INT PRIMARY KEY)")).await;
        drop(root);
        process.allow_what_is_there();
        let database = Database::new(cluster.options(SCHEMA).max_connections(GUESTS).guest_share(100)).unwrap();
        let guests = (0..GUESTS).map(|number| {
            let guest = guest(programs::FAULT_COMMITS_UNTIL_TOLD).api(Api::BOTH[number % 2]);
            guest.database("main", &database, Grant::default()).args([number.to_string()]).start()
        });
        let guests = guests.collect();
        let traffic = Self { process, cluster, database, guests };
        traffic.goes_on().await;
        traffic
    }

    /// Waits until each guest has committed something more.
    async fn goes_on(&self) {
        for (number, guest) in self.guests.iter().enumerate() {
            let before = guest.output().matches("committed").count();
            let goes_on = async || guest.output().matches("committed").count() > before;
            until(format!("guest {number} commits"), PATIENCE, goes_on).await;
        }
    }

    /// Waits until the guests' connections are at this node.
    async fn is_at(&self, node: usize) {
        until(format!("node {node} is used"), PATIENCE, async || self.cluster.sessions(node).await > 0).await;
    }

    /// Ends the guests, and tells what they were told.
    async fn stop(&mut self) -> Told {
        let mut root = self.cluster.root(UNTOUCHED).await;
        root.run(&format!("INSERT INTO {SCHEMA}.ended VALUES (1)")).await;
        let mut told = Told::default();
        for (number, guest) in self.guests.drain(..).enumerate() {
            told.add(number, guest.ended().await);
        }
        told
    }

    /// Compares what guests were told with what is there, at each node.
    async fn end(self, told: Told, faults: usize) {
        for (guest, errors) in &told.failed {
            assert!(
                errors.len() <= faults,
                "guest {guest} had more than one error for each of {faults} faults: {errors:#?}"
            );
        }
        assert!(told.unknown.len() <= faults * GUESTS);
        for node in 0..NODES {
            let mut root = self.cluster.root(node).await;
            // What others have committed is applied when it is its turn.
            root.run("SET SESSION wsrep_sync_wait = 1").await;
            check(&mut root, node, &told).await;
        }
        println!(
            "{} committed, {} unknown, {} failed",
            told.committed.len(),
            told.unknown.len(),
            told.failed.values().map(Vec::len).sum::<usize>()
        );
        let status = self.database.status();
        assert_eq!((status.in_use, status.waiting), (0, 0));
        self.database.shutdown(Duration::from_secs(1)).await;
        for node in 0..NODES {
            until("no session is left", PATIENCE, async || self.cluster.sessions(node).await == 0).await;
        }
        drop(self.cluster);
        self.process.is_as_before().await;
    }
}

impl Told {
    fn add(&mut self, guest: usize, outcome: Outcome) {
        for line in outcome.success().lines() {
            let (what, rest) = line.split_once(' ').unwrap();
            match what {
                "committed" => self.committed.push((guest, rest.parse().unwrap())),
                "unknown" => self.unknown.push((guest, rest.parse().unwrap())),
                _ => self.failed.entry(guest).or_default().push(line.to_owned()),
            }
        }
    }
}

/// All that was committed is there, and nothing else but what is unknown, which is there as a whole or not at all.
async fn check(root: &mut Root, node: usize, told: &Told) {
    let sql = format!("SELECT guest, number, COUNT(*) FROM {SCHEMA}.t GROUP BY guest, number");
    let there: BTreeMap<(usize, u64), u64> = root
        .all::<(usize, u64, u64)>(&sql)
        .await
        .into_iter()
        .map(|(guest, number, halves)| ((guest, number), halves))
        .collect();
    for transaction in &told.committed {
        assert_eq!(there.get(transaction), Some(&2), "node {node} lost {transaction:?}, which was committed");
    }
    for (transaction, halves) in &there {
        assert_eq!(*halves, 2, "node {node} has half of {transaction:?}");
        let known = told.committed.contains(transaction) || told.unknown.contains(transaction);
        assert!(known, "node {node} has {transaction:?}, which nobody was told to be committed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c10_a_node_that_is_killed_costs_each_statement_in_flight_one_error_and_no_row() {
    let mut traffic = Traffic::begin().await;
    traffic.is_at(0).await;
    traffic.cluster.kill(0);
    traffic.goes_on().await;
    traffic.is_at(1).await;
    traffic.cluster.rejoin(0).await;
    traffic.goes_on().await;
    traffic.cluster.kill(1);
    traffic.goes_on().await;
    traffic.cluster.rejoin(1).await;
    traffic.goes_on().await;
    let told = traffic.stop().await;
    traffic.end(told, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_a_node_that_has_lost_its_cluster_is_left_for_another() {
    let mut traffic = Traffic::begin().await;
    traffic.is_at(0).await;
    traffic.cluster.isolate(0, true).await;
    traffic.cluster.says_ready(0, false).await;
    traffic.goes_on().await;
    traffic.is_at(1).await;
    let told = traffic.stop().await;
    traffic.cluster.isolate(0, false).await;
    traffic.cluster.synced(0).await;
    traffic.end(told, 1).await;
}
