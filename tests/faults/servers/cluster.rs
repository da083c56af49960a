//! A Galera cluster of three nodes. One node is killed or cut off: C10, C11.

use std::collections::BTreeMap;
use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{Api, Cluster, NODES, Outcome, PATIENCE, Process, Root, Running, guest, until};

use crate::programs;

const SCHEMA: &str = "shop";
const GUESTS: usize = 6;
/// The node without a fault.
const UNTOUCHED: usize = 2;

/// A cluster with guests of both APIs that commit one transaction after the other.
struct Traffic {
    process: Process,
    cluster: Cluster,
    database: Database,
    guests: Vec<Running>,
}

/// The results of the guests' transactions, as the guests received them.
#[derive(Debug, Default)]
struct Results {
    /// The guest and the number of the transaction.
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
        process.allow_current_state();
        let database = Database::new(cluster.options(SCHEMA).max_connections(GUESTS).guest_share(100)).unwrap();
        let guests = (0..GUESTS).map(|number| {
            let guest = guest(programs::FAULT_COMMITS_UNTIL_STOPPED).api(Api::BOTH[number % 2]);
            guest.database("main", &database, Grant::default()).args([number.to_string()]).start()
        });
        let guests = guests.collect();
        let traffic = Self { process, cluster, database, guests };
        traffic.goes_on().await;
        traffic
    }

    /// Waits until each guest has committed another transaction.
    async fn goes_on(&self) {
        for (number, guest) in self.guests.iter().enumerate() {
            let before = guest.output().matches("committed").count();
            let goes_on = async || guest.output().matches("committed").count() > before;
            until(format!("guest {number} commits"), PATIENCE, goes_on).await;
        }
    }

    /// Waits until the guests use this node.
    async fn is_at(&self, node: usize) {
        until(format!("node {node} is used"), PATIENCE, async || self.cluster.sessions(node).await > 0).await;
    }

    /// Ends the guests, and returns their results.
    async fn stop(&mut self) -> Results {
        let mut root = self.cluster.root(UNTOUCHED).await;
        root.run(&format!("INSERT INTO {SCHEMA}.ended VALUES (1)")).await;
        let mut results = Results::default();
        for (number, guest) in self.guests.drain(..).enumerate() {
            results.add(number, guest.ended().await);
        }
        results
    }

    /// Compares the guests' results with the rows at each node.
    async fn end(self, results: Results, faults: usize) {
        for (guest, errors) in &results.failed {
            assert!(errors.len() <= faults, "guest {guest} had more errors than the {faults} faults: {errors:#?}");
        }
        assert!(results.unknown.len() <= faults * GUESTS);
        for node in 0..NODES {
            let mut root = self.cluster.root(node).await;
            // The next read waits until the node has applied all transactions of the other nodes.
            root.run("SET SESSION wsrep_sync_wait = 1").await;
            check(&mut root, node, &results).await;
        }
        println!(
            "{} committed, {} unknown, {} failed",
            results.committed.len(),
            results.unknown.len(),
            results.failed.values().map(Vec::len).sum::<usize>()
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

impl Results {
    fn add(&mut self, guest: usize, outcome: Outcome) {
        for line in outcome.success().lines() {
            let (result, rest) = line.split_once(' ').unwrap();
            match result {
                "committed" => self.committed.push((guest, rest.parse().unwrap())),
                "unknown" => self.unknown.push((guest, rest.parse().unwrap())),
                _ => self.failed.entry(guest).or_default().push(line.to_owned()),
            }
        }
    }
}

/// Checks that the node has every committed transaction. Of the other transactions, only those in
/// doubt may exist, each completely or not at all.
async fn check(root: &mut Root, node: usize, results: &Results) {
    let sql = format!("SELECT guest, number, COUNT(*) FROM {SCHEMA}.t GROUP BY guest, number");
    let found: BTreeMap<(usize, u64), u64> = root
        .all::<(usize, u64, u64)>(&sql)
        .await
        .into_iter()
        .map(|(guest, number, halves)| ((guest, number), halves))
        .collect();
    for transaction in &results.committed {
        assert_eq!(found.get(transaction), Some(&2), "node {node} lost {transaction:?}, which was committed");
    }
    for (transaction, halves) in &found {
        assert_eq!(*halves, 2, "node {node} has only one row of {transaction:?}");
        let known = results.committed.contains(transaction) || results.unknown.contains(transaction);
        assert!(known, "node {node} has {transaction:?}, which no guest committed");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: Galera is part of it")]
async fn c10_killed_node_costs_one_error_per_guest_and_no_row() {
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
    let results = traffic.stop().await;
    traffic.end(results, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(feature = "mysql", ignore = "only on MariaDB: Galera is part of it")]
async fn c11_node_cut_off_from_its_cluster_is_replaced() {
    let mut traffic = Traffic::begin().await;
    traffic.is_at(0).await;
    traffic.cluster.isolate(0, true).await;
    traffic.cluster.wait_for_ready(0, false).await;
    traffic.goes_on().await;
    traffic.is_at(1).await;
    let results = traffic.stop().await;
    traffic.cluster.isolate(0, false).await;
    traffic.cluster.synced(0).await;
    traffic.end(results, 1).await;
}
