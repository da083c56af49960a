//! A primary and a replica with GTIDs: reads from the replica, lag, failover and switchover: C12 to
//! C19.

use std::time::Duration;

use wasmysql_host::{Database, DatabaseOptions, Grant, Statements};
use wasmysql_tests::{Api, Guest, Logs, Metrics, PATIENCE, Replication, guest, until};

use super::{database, insert, steps};
use crate::programs;

/// The time after which the host checks the health of a server again.
const HEALTH_CHECK_DUE_AFTER: Duration = Duration::from_millis(600);

/// Starts the servers with two tables. Only server 0 has the table `here`.
async fn replication() -> Replication {
    let replication = Replication::start().await;
    let mut root = replication.root(0).await;
    root.run("CREATE TABLE t (id INT)").await;
    root.run("SET sql_log_bin = 0").await;
    root.run("CREATE TABLE here (id INT)").await;
    replication.caught_up(1).await;
    replication
}

fn readers(replication: &Replication) -> DatabaseOptions {
    replication.options().prefer_replicas(true).max_connections(2).guest_share(100)
}

/// Returns the server from which a read-only guest reads, or the error.
async fn reads_at(database: &Database, api: Api) -> Result<usize, String> {
    let sql = "SELECT * FROM here";
    let guest = reader(database, &[sql]).api(api);
    let printed = guest.run().await.success();
    match printed.trim_end().trim_start_matches(sql).trim_start_matches(": ") {
        "ok" => Ok(0),
        "Server(1146 42S02 Syntax) Never None" => Ok(1),
        error => Err(error.to_owned()),
    }
}

/// Returns a read-only guest that runs these steps.
fn reader(database: &Database, steps: &[&str]) -> Guest {
    let grant = Grant::new(Statements::Read);
    guest(programs::FAULT_RUNS_STEPS).database("main", database, grant).args(steps.iter().copied())
}

/// Waits until readers use this server.
async fn until_read(database: &Database, server: usize) {
    until(format!("server {server} is read"), PATIENCE, async || {
        reads_at(database, Api::default()).await == Ok(server)
    })
    .await;
}

async fn rows(replication: &Replication, server: usize) -> u32 {
    replication.root(server).await.value("SELECT COUNT(*) FROM t").await
}

#[tokio::test(flavor = "multi_thread")]
async fn c12_replica_serves_reads_and_primary_writes() {
    let replication = replication().await;
    let database = database(readers(&replication).max_replica_lag(Duration::from_secs(30)));
    for api in Api::BOTH {
        assert_eq!(reads_at(&database, api).await, Ok(1));
        // The rows are copied as the primary has stored them.
        let sql = "INSERT INTO t VALUES (@@server_id)";
        assert_eq!(steps(&database, [sql]).api(api).run().await.success(), format!("{sql}: ok\n"));
    }
    replication.caught_up(1).await;
    let written: Vec<u32> = replication.root(1).await.all("SELECT id FROM t").await;
    assert_eq!(written, [1, 1]);
    replication.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c13_lagging_replica_is_avoided_until_it_catches_up() {
    const NAME: &str = "c13";
    let metrics = Metrics::listen();
    let lag = |name| {
        let labels = [("db_client_connection_pool_name", name), ("wasmysql_server", "2")];
        metrics.value("wasmysql_server_replica_lag_seconds", &labels)
    };
    let replication = replication().await;
    // Sessions are replaced often, so the return to the replica takes no minute.
    let options = readers(&replication).max_lifetime(Duration::from_secs(2));
    let limited = database(options.clone().name(NAME).max_replica_lag(Duration::from_secs(1)));
    let unlimited = database(options.name("c13 unlimited"));
    assert_eq!(reads_at(&limited, Api::default()).await, Ok(1));
    assert!(lag(NAME) < 1.0, "{}", lag(NAME));

    let held = replication.hold(1, "t").await;
    assert_eq!(insert(&limited).await, "ok");
    until_read(&limited, 0).await;
    assert!(lag(NAME) > 1.0, "{}", lag(NAME));
    for api in Api::BOTH {
        assert_eq!(reads_at(&limited, api).await, Ok(0));
        assert_eq!(reads_at(&unlimited, api).await, Ok(1), "without a limit, guests read old rows");
    }
    until("the lag is reported without a limit too", PATIENCE, async || {
        assert_eq!(reads_at(&unlimited, Api::default()).await, Ok(1));
        lag("c13 unlimited") > 1.0
    })
    .await;

    drop(held);
    replication.caught_up(1).await;
    until_read(&limited, 1).await;
    until("the replica is not behind any more", PATIENCE, async || {
        reads_at(&limited, Api::default()).await == Ok(1) && lag(NAME) < 1.0
    })
    .await;
    unlimited.shutdown(Duration::from_secs(1)).await;
    drop(unlimited);
    replication.is_over(limited).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_stopped_replica_is_used_for_the_maximum_lag() {
    let mut replication = replication().await;
    let options = readers(&replication).max_lifetime(Duration::from_secs(2));
    let limited = database(options.max_replica_lag(Duration::from_secs(4)));
    assert_eq!(reads_at(&limited, Api::default()).await, Ok(1));
    replication.stop_replication(1).await;
    tokio::time::sleep(HEALTH_CHECK_DUE_AFTER).await;
    assert_eq!(reads_at(&limited, Api::default()).await, Ok(1), "the replica is not yet 4 s behind");
    until_read(&limited, 0).await;

    // A host that has not seen the replica before knows nothing about its lag.
    let new = database(readers(&replication).max_replica_lag(Duration::from_secs(4)));
    assert_eq!(reads_at(&new, Api::default()).await, Ok(0));
    replication.kill(0);
    until("no server is left", PATIENCE, async || reads_at(&new, Api::default()).await.is_err()).await;
    let outcome = reader(&new, &["DO 1"]).run().await;
    let message = "none of the 2 servers of this database can be read (1 not ready or too far behind); last error: ";
    assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    assert_eq!(outcome.success(), "connecting: Unreachable Later None\n");

    replication.restart(0);
    replication.promote(0).await;
    replication.start_replication(1).await;
    until_read(&limited, 1).await;
    until_read(&new, 1).await;
    new.shutdown(Duration::from_secs(1)).await;
    drop(new);
    replication.is_over(limited).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c15_replica_of_unknown_lag_is_used_only_without_a_limit() {
    let logs = Logs::listen();
    let replication = replication().await;
    replication.forbid_lag_queries().await;
    let limited = database(readers(&replication).name("c15").max_replica_lag(Duration::from_secs(60)));
    let unlimited = database(readers(&replication));
    for api in Api::BOTH {
        assert_eq!(reads_at(&limited, api).await, Ok(0));
        assert_eq!(reads_at(&unlimited, api).await, Ok(1));
    }
    let warning = ["the lag of a replica is unknown", "database=\"c15\"", "grant the account"];
    assert_eq!(logs.lines(&warning).len(), 1);
    unlimited.shutdown(Duration::from_secs(1)).await;
    drop(unlimited);
    replication.is_over(limited).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c16_c17_writers_follow_a_promoted_replica() {
    let mut replication = replication().await;
    let database = database(readers(&replication).max_connections(4).max_lifetime(Duration::from_secs(2)));
    let waiting = Api::BOTH.map(|api| {
        let waits = ["begin", "INSERT INTO t VALUES (8)", "SELECT SLEEP(30)", "INSERT INTO t VALUES (9)", "commit"];
        steps(&database, waits).api(api).start()
    });
    for guest in &waiting {
        guest.printed("INSERT INTO t VALUES (8): ok").await;
    }
    assert_eq!(insert(&database).await, "ok");
    replication.caught_up(1).await;
    replication.kill(0);
    for guest in waiting {
        let aborted = "TransactionAborted(ConnectionLost) NewTransaction RolledBack";
        let expected = format!(
            "begin: ok\nINSERT INTO t VALUES (8): ok\nSELECT SLEEP(30): ConnectionLost Later RolledBack\n\
             INSERT INTO t VALUES (9): {aborted}\ncommit: {aborted}\n"
        );
        assert_eq!(guest.ended().await.success(), expected);
    }
    let result = insert(&database).await;
    assert!(result.ends_with("Unreachable Later None"), "the replica is not promoted yet: {result}");
    assert_eq!(reads_at(&database, Api::default()).await, Ok(1));

    replication.promote(1).await;
    assert_eq!(insert(&database).await, "ok");
    assert_eq!(rows(&replication, 1).await, 2, "the open transactions are rolled back");
    assert_eq!(reads_at(&database, Api::default()).await, Ok(1), "no replica is left");

    // The old primary returns. It is the first server of the list, but read-only.
    replication.restart(0);
    until("the old primary is used again", PATIENCE, async || {
        assert_eq!(insert(&database).await, "ok");
        reads_at(&database, Api::default()).await == Ok(0)
    })
    .await;
    assert_eq!(rows(&replication, 0).await, 1);
    replication.demote(0).await;
    replication.caught_up(0).await;
    until_read(&database, 0).await;
    assert_eq!(insert(&database).await, "ok");
    replication.caught_up(0).await;
    assert_eq!(rows(&replication, 0).await, rows(&replication, 1).await);
    replication.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c18_readers_use_the_primary_while_the_replica_is_down() {
    let mut replication = replication().await;
    let options = readers(&replication).max_replica_lag(Duration::from_secs(5));
    let database = database(options.max_lifetime(Duration::from_secs(2)));
    assert_eq!(reads_at(&database, Api::default()).await, Ok(1));
    replication.kill(1);
    for api in Api::BOTH {
        assert_eq!(reads_at(&database, api).await, Ok(0));
    }
    assert_eq!(insert(&database).await, "ok");
    replication.restart(1);
    until_read(&database, 1).await;
    replication.caught_up(1).await;
    assert_eq!(rows(&replication, 1).await, 1);
    replication.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c19_switchover_rolls_back_open_transactions() {
    let replication = replication().await;
    let database = database(replication.options().max_connections(4).guest_share(100));
    let gate = replication.gate(0).await;
    let waiting = Api::BOTH.map(|api| {
        let gate = format!("gate {}", gate.name());
        steps(&database, ["begin", "INSERT INTO t VALUES (8)", &gate, "commit"]).api(api).start()
    });
    for guest in &waiting {
        guest.printed("INSERT INTO t VALUES (8): ok").await;
    }
    replication.make_read_only(0).await;
    replication.caught_up(1).await;
    replication.promote(1).await;
    replication.demote(0).await;
    gate.open().await;
    for guest in waiting {
        let printed = guest.ended().await.success();
        assert!(printed.ends_with("commit: Server(1290 HY000 ReadOnly) Later RolledBack\n"), "{printed}");
    }
    for _ in 0..4 {
        assert_eq!(insert(&database).await, "ok");
    }
    replication.caught_up(0).await;
    assert_eq!((rows(&replication, 0).await, rows(&replication, 1).await), (4, 4));
    replication.is_over(database).await;
}
