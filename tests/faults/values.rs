//! Odd but legal values: row V.
//!
//! `it::values` runs the same programs, whose tables list the values. These tests also check the
//! server and the process afterwards, because some values close their connection.

use wasmysql_tests::{Api, Trial};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn v_odd_legal_values_are_exact_or_refused() {
    for program in [programs::VALUES_ROUND_TRIP, programs::VALUES_OF_UNKNOWN_TYPES, programs::VALUES_AT_THE_EDGES] {
        let mut trial = Trial::new().await;
        let database = trial.database_of(4);
        for api in Api::BOTH {
            trial.guest(&database, program).api(api).run().await.success();
            trial.schema.run("DROP TABLE IF EXISTS edges").await;
        }
        trial.is_over(database).await;
    }
}
