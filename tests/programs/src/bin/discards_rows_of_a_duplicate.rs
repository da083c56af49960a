//! Discards rows of an INSERT ... RETURNING that fails later, and checks that the error is
//! reported.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, TransactionState};
    use wasmysql_test_programs::series;

    const DUPLICATE: u16 = 1062;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("INSERT INTO f1 VALUES (150000)", ()).await?;
        let insert =
            format!("INSERT INTO f1 SELECT seq FROM {} AS series RETURNING id, REPEAT('x', 20)", series(200_000));
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO log VALUES ('kept')", ()).await?;
        // The guest gets the error whether the server detects the duplicate before or after the
        // first row.
        match tx.query(insert, ()).await {
            Err(error) => assert_eq!(error.code(), Some(DUPLICATE), "{error}"),
            Ok(rows) => {
                drop(rows);
                let error = tx.execute("DO 1", ()).await.expect_err("the error of the dropped rows");
                assert_eq!(
                    (error.code(), error.transaction_state()),
                    (Some(DUPLICATE), TransactionState::Open),
                    "{error}"
                );
            }
        }
        tx.commit().await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM f1", ()).await?, 1);
        Ok(())
    }
}
