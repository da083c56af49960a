//! Errors of the calls of two-phase transactions.

use wasmysql_tests::{Api, Schema};

use super::{Case, Failure};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[ALONE, IN_A_TRANSACTION];

const ALONE: &[Case] = &[
    ("commit-prepared", Failure(1397, "XAE04", "Other", "Never")),
    ("rollback-prepared", Failure(1397, "XAE04", "Other", "Never")),
    ("begin-twophase", Failure(1440, "XAE08", "Other", "Never")),
];
const IN_A_TRANSACTION: &[Case] = &[("execute", Failure(1399, "XAE07", "Other", "Never"))];

#[tokio::test(flavor = "multi_thread")]
async fn refused_two_phase_call_changes_nothing() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE calls (name VARCHAR(20))").await;
        let printed = schema.guest(programs::SERVER_ERRORS_OF_TWO_PHASES).api(api).run().await.success();
        let alone = ALONE.iter().map(|(call, failure)| format!("{call}: {}\n", failure.with("None")));
        let within = IN_A_TRANSACTION.iter().map(|(call, failure)| format!("{call}: {}\n", failure.with("Open")));
        assert_eq!(printed, alone.chain(within).collect::<String>());
        // The insert after each failed call is kept, also the insert in the transaction.
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM calls").await, 4);
    }
}
