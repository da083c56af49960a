//! Answers to COMMIT that do not say whether it happened.

use wasmysql_host::Grant;
use wasmysql_tests::packet::error;
use wasmysql_tests::{Answer, Heard, Process, Rogue, guest};

use super::{database, is_over};
use crate::programs;

/// MariaDB reports an interruption in the place of OK where it came while it committed; a node of a cluster that loses the others then
/// has an error of its own. A conflict is decided: nothing was committed.
#[tokio::test(flavor = "multi_thread")]
async fn s4_a_commit_that_was_interrupted_is_unknown_and_one_that_was_refused_is_not() {
    for (code, expected) in [
        (1180, "CommitUnknown Never Unknown"),
        (1317, "CommitUnknown Never Unknown"),
        (1927, "CommitUnknown Never Unknown"),
        (1213, "Server(1213 HY000 Deadlock) NewTransaction RolledBack"),
    ] {
        let process = Process::before().await;
        let rogue = Rogue::that(move |heard| match heard {
            Heard::Query(sql) if sql == "COMMIT" => Answer::Packets(vec![error(code, "HY000", b"so it is")]),
            _ => Answer::Polite,
        })
        .await;
        let database = database(&rogue);
        let steps = guest(programs::FAULT_TAKES_STEPS).database("main", &database, Grant::default());
        let told = steps.args(["begin", "commit"]).run().await.success();
        assert_eq!(told, format!("begin: ok\ncommit: {expected}\n"), "{code}");
        is_over(&process, database, rogue).await;
    }
}
