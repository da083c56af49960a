//! Ends of transactions, inner transactions, transaction options and implicit commits.

use wasmysql_host::{Grant, Statements};
use wasmysql_tests::{Api, PATIENCE, Schema, guest, in_both_apis, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn only_commit_keeps_changes() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE ended (how VARCHAR(20))").await;
        let database = schema.database_of(1);
        for how in ["rollback", "drop", "drop connection", "commit"] {
            let guest = guest(programs::TRANSACTION_ENDS).database("main", &database, Grant::new(Statements::Dml));
            guest.api(api).args([how]).run().await.success();
            until("the connection is released", PATIENCE, async || database.status().idle == 1).await;
            let kept: Option<String> = schema.value("SELECT GROUP_CONCAT(how) FROM ended").await;
            assert_eq!(kept.as_deref(), (how == "commit").then_some("commit"), "after {how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inner_transaction_is_part_of_the_outer_transaction() {
    in_both_apis(programs::INNER_TRANSACTIONS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_options_apply_to_one_transaction() {
    in_both_apis(programs::TRANSACTION_OPTIONS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn implicit_commit_is_reported() {
    in_both_apis(programs::DDL_ENDS_A_TRANSACTION).await;
}
