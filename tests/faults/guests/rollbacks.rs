//! Guests that leave a large transaction open.

use std::time::Duration;

use wasmysql_host::{Grant, Statements};
use wasmysql_private_server::Flavor;
use wasmysql_tests::{Api, FLAVOR, PATIENCE, Trial, guest, series, until};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn g34_large_rollback_keeps_its_slot_until_it_ends() {
    let mut trial = Trial::new().await;
    trial.schema.run("CREATE TABLE large (id INT PRIMARY KEY, text VARCHAR(100))").await;
    let database = trial.database_of(1);
    // The rollback takes the server several hundred milliseconds.
    let insert = format!("INSERT INTO large SELECT seq, REPEAT('x', 100) FROM {} AS series", series(200_000));
    let grant = || Grant::new(Statements::Dml);
    let idle = || grant().idle_transaction_timeout(Duration::from_millis(300));
    for api in Api::BOTH {
        for (grant, last) in [(grant(), "terminate"), (idle(), "pause 1000")] {
            let guest = guest(programs::FAULT_RUNS_STEPS).api(api).database("main", &database, grant);
            let running = guest.args(["begin", insert.as_str(), last]).start();
            trial.schema.running("INSERT INTO large", 1, PATIENCE).await;
            let processes = "information_schema.processlist";
            let session = format!("SELECT MAX(id) FROM {processes} WHERE info LIKE 'INSERT INTO large%'");
            let session: u64 = trial.schema.value(&session).await;
            let listed = format!("SELECT COUNT(*) FROM {processes} WHERE id = {session}");
            let rolls_back = match FLAVOR {
                Flavor::MariaDb => format!("{listed} AND state = 'Rollback'"),
                Flavor::MySql => format!(
                    "SELECT COUNT(*) FROM information_schema.innodb_trx \
                     WHERE trx_mysql_thread_id = {session} AND trx_state = 'ROLLING BACK'"
                ),
            };
            until("the server rolls back", PATIENCE, async || {
                // InnoDB renews innodb_trx only if nobody has read it for a tenth of a second.
                tokio::time::sleep(Duration::from_millis(120)).await;
                trial.schema.value::<u32>(&rolls_back).await == 1
            })
            .await;
            assert_eq!(database.status().in_use, 1, "{api:?}: {last}: the slot is free during the rollback");
            until("the slot is free", PATIENCE, async || database.status().in_use == 0).await;
            assert_eq!(trial.schema.value::<u32>(&listed).await, 0, "{api:?}: {last}: the session has not ended");
            running.ended().await.success();
        }
    }
    trial.is_over(database).await;
}
