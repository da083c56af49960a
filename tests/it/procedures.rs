//! Procedures that return several results.

use wasmysql_tests::{Api, Schema, series};

use crate::programs;

#[tokio::test(flavor = "multi_thread")]
async fn call_returns_every_result_of_its_procedure() {
    for api in Api::BOTH {
        let mut schema = Schema::new().await;
        schema.run("CREATE TABLE written (id INT)").await;
        let (some, many) = (series(1000), series(20_000));
        for procedure in [
            &format!(
                "three() BEGIN SELECT 1 AS n UNION SELECT 2; SELECT 1 AS none, 2 AS at_all FROM written WHERE FALSE;
                SELECT CAST(seq AS SIGNED) AS many FROM {many} AS series; END"
            ),
            "doubled(IN given INT, OUT twice INT) BEGIN SELECT given; SET twice = given * 2; END",
            &format!("writes(IN n INT) INSERT INTO written SELECT seq FROM {some} AS series WHERE seq <= n"),
            &format!(
                "fails_after_rows(IN n INT) BEGIN SELECT CAST(seq AS SIGNED) FROM {many} AS series WHERE seq <= n;
                SELECT * FROM nowhere; END"
            ),
            "greets(IN name VARCHAR(20), OUT greeting VARCHAR(40)) SET greeting = CONCAT('hello ', name)",
            "commits() BEGIN INSERT INTO written VALUES (9); COMMIT; END",
        ] {
            schema.run(&format!("CREATE PROCEDURE {procedure}")).await;
        }
        let outcome = schema.guest(programs::RESULTS_OF_A_PROCEDURE).api(api).run().await;
        println!("{api:?}");
        outcome.success();
    }
}
