//! Values that are odd and legal: row V. Each value is in a table of the programs that `it::values` runs; here they are run on a server
//! whose aftermath is looked at, since some take their connection with them.

use wasmysql_tests::{Api, Trial};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn v_values_that_are_odd_and_legal_are_whole_or_refused_and_leave_nothing_behind() {
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
