//! What the calls of two-phase transactions provoke.

use wasmysql_tests::{Api, Schema};

use super::{Case, Told};
use crate::programs;

pub(super) const TABLES: &[&[Case]] = &[ALONE, IN_A_TRANSACTION];

const ALONE: &[Case] = &[
    ("commit-prepared", Told(1397, "XAE04", "Other", "Never")),
    ("rollback-prepared", Told(1397, "XAE04", "Other", "Never")),
    ("begin-twophase", Told(1440, "XAE08", "Other", "Never")),
];
const IN_A_TRANSACTION: &[Case] = &[("execute", Told(1399, "XAE07", "Other", "Never"))];

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_two_phases_that_is_refused_changes_nothing() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE calls (name VARCHAR(20))").await;
        let printed = schema.guest(programs::SERVER_ERRORS_OF_TWO_PHASES).api(api).run().await.success();
        let alone = ALONE.iter().map(|(call, told)| format!("{call}: {}\n", told.with("None")));
        let within = IN_A_TRANSACTION.iter().map(|(call, told)| format!("{call}: {}\n", told.with("Open")));
        assert_eq!(printed, alone.chain(within).collect::<String>());
        // What each call was followed by is kept, in the transaction too.
        assert_eq!(schema.value::<u32>("SELECT COUNT(*) FROM calls").await, 4);
    }
}
