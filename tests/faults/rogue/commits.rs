//! Answers to COMMIT that do not show whether the commit succeeded: S4.

use wasmysql_host::Grant;
use wasmysql_tests::packet::error;
use wasmysql_tests::{Answer, Process, Request, Rogue, guest};

use super::{database, is_over};
use crate::programs;

/// MariaDB reports an interruption (1317, 1927) instead of OK if a KILL arrives during the commit.
/// A cluster node that loses the other nodes during the commit reports 1180. After a conflict
/// (1213) nothing was committed.
#[tokio::test(flavor = "multi_thread")]
async fn s4_interrupted_commit_is_unknown_refused_commit_is_not() {
    for (code, expected) in [
        (1180, "CommitUnknown Never Unknown"),
        (1317, "CommitUnknown Never Unknown"),
        (1927, "CommitUnknown Never Unknown"),
        (1213, "Server(1213 HY000 Deadlock) NewTransaction RolledBack"),
    ] {
        let process = Process::before().await;
        let rogue = Rogue::start(move |request| match request {
            Request::Query(sql) if sql == "COMMIT" => Answer::Packets(vec![error(code, "HY000", b"the commit failed")]),
            _ => Answer::Correct,
        })
        .await;
        let database = database(&rogue);
        let steps = guest(programs::FAULT_RUNS_STEPS).database("main", &database, Grant::default());
        let output = steps.args(["begin", "commit"]).run().await.success();
        assert_eq!(output, format!("begin: ok\ncommit: {expected}\n"), "{code}");
        is_over(&process, database, rogue).await;
    }
}
