//! Transactions end as the guest says, and the way it is told.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, in_both_apis, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn only_a_commit_keeps_what_was_done() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE ended (how VARCHAR(20))").await;
        let database = schema.database_of(1);
        for how in ["rollback", "drop", "drop connection", "commit"] {
            let guest = guest(programs::TRANSACTION_ENDS).database("main", &database, Grant::new(Statements::Dml));
            guest.api(api).args([how]).run().await.success();
            until("the connection is given back", PATIENCE, async || database.status().idle == 1).await;
            let kept: Option<String> = schema.value("SELECT GROUP_CONCAT(how) FROM ended").await;
            assert_eq!(kept.as_deref(), (how == "commit").then_some("commit"), "after {how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inner_transaction_is_a_part_of_the_outer_one() {
    in_both_apis(programs::TRANSACTIONS_WITHIN_TRANSACTIONS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_hold_for_one_transaction() {
    in_both_apis(programs::TRANSACTION_OPTIONS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_commits_by_itself_is_told() {
    in_both_apis(programs::DDL_ENDS_A_TRANSACTION).await;
}
