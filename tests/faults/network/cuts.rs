//! The connection is cut or half closed during a dialogue.

use std::collections::BTreeSet;
use std::time::Duration;

use wasmysql_host::{Database, Grant};
use wasmysql_tests::{PATIENCE, Toxic, Trial, Way, guest, series, until};

use super::{AT_ONCE, over, runs};
use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn n6_reset_in_mid_result_is_connection_lost() {
    const ROWS: u64 = 2_000_000;
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    // The reset comes after 20 MiB, more than the buffers hold, because a reset discards unread
    // data.
    proxy.set_on(Way::ToClient, Toxic::ResetAfter(20 << 20));
    let reads = guest(programs::FAULT_READS_ROW_BY_ROW).database("main", &database, Grant::default());
    let output = reads.args([format!("SELECT seq FROM {} AS series", series(ROWS))]).run().await.success();
    let (rows, error) = output.split_once(" rows, ").unwrap_or_else(|| panic!("{output}"));
    assert!((1..ROWS).contains(&rows.parse().unwrap()), "{output}");
    assert!(error.starts_with("ConnectionLost: "), "{output}");
    proxy.clear();
    trial.is_over(database).await;
}

/// All endings of a guest that commits a row while its connection is cut.
const ENDINGS: [&str; 7] = [
    "acquire: ConnectionLost",
    "acquire: Unreachable",
    "begin: ConnectionLost",
    "commit: CommitUnknown",
    "committed",
    "insert: ConnectionLost",
    "read: ConnectionLost",
];

#[tokio::test(flavor = "multi_thread")]
async fn n7_cut_after_any_byte_is_an_error_never_a_wrong_answer() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    trial.schema.run("CREATE TABLE kept (id INT PRIMARY KEY)").await;
    let options = trial.options_over(&proxy).max_connections(1);
    // Each run has a new pool, so that the dialogue begins at its first byte.
    let run = async |id: usize| {
        let database = Database::new(options.clone()).unwrap();
        let commits = guest(programs::FAULT_COMMITS_A_ROW).database("main", &database, Grant::default());
        let output = commits.args([id.to_string()]).run().await.success();
        // The host can't learn over cut connections that the session has ended.
        proxy.clear();
        until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
        output.trim_end().to_owned()
    };
    let mut id = 0;
    assert_eq!(run(id).await, "committed");
    for (way, dialogue) in [(Way::ToClient, proxy.received()), (Way::ToServer, proxy.sent().len())] {
        let mut endings = BTreeSet::new();
        for bytes in 0..=dialogue {
            id += 1;
            proxy.set_on(way, Toxic::CutAfter(bytes));
            let output = run(id).await;
            // The ending is the step and the kind of error, without the message.
            let ending = output.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ");
            let kept: bool = trial.schema.value(&format!("SELECT COUNT(*) FROM kept WHERE id = {id}")).await;
            let outcome_is_known = ending != "commit: CommitUnknown";
            let agrees = kept == (ending == "committed");
            assert!(!outcome_is_known || agrees, "cut after {bytes} bytes {way:?}: {output}; row exists: {kept}");
            endings.insert(ending);
        }
        assert!(endings.iter().eq(ENDINGS), "{way:?}: {endings:?}");
    }
    let database = over(&proxy, &trial, 1);
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n11_half_closed_connection_is_connection_lost() {
    let (mut trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    for late in [Duration::ZERO, Duration::from_millis(300)] {
        let running = runs(&database, Grant::default(), ["DO SLEEP(30)", "DO 1"]).start();
        trial.schema.running("SLEEP(30)", 1, PATIENCE).await;
        proxy.set(Toxic::SlowClose(late));
        proxy.half_close();
        let took = running.printed("ConnectionLost: ").await;
        assert!((late..late + Duration::from_secs(1)).contains(&took), "{took:?}");
        until("the slot is free", AT_ONCE, async || database.status().in_use == 0).await;
        assert!(running.ended().await.success().contains("\nResourceClosed: "));
        // The server does not notice the half-closed connection: the statement runs until the host
        // kills it.
        trial.schema.running("SLEEP(30)", 0, Duration::from_secs(2)).await;
        proxy.clear();
    }
    trial.is_over(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n11_half_closed_idle_session_is_replaced() {
    let (trial, proxy) = Trial::over_a_proxy().await;
    let database = over(&proxy, &trial, 1);
    super::leave_idle(&database, 1).await;
    proxy.half_close();
    assert_eq!(runs(&database, Grant::default(), ["DO 1"]).run().await.success(), "done, 0 rows\n");
    trial.is_over(database).await;
}
