//! A result may be exactly as large as the grant allows, and not a row or byte larger.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Limit, Result, TransactionState};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        // Each database has a grant with a different limit. The last allowed row is in the first
        // batch or in a later batch.
        check("3 rows", 3, Limit::ResultRows).await?;
        check("20000 rows", 20_000, Limit::ResultRows).await?;
        check("80 bytes", 10, Limit::ResultBytes).await?;
        check("800000 bytes", 100_000, Limit::ResultBytes).await?;
        an_excess_rolls_back_the_transaction().await
    }

    /// Selects rows of one BIGINT, which has 8 bytes.
    fn numbers(rows: u32) -> String {
        format!("SELECT CAST(seq AS SIGNED) FROM {} AS series", series(rows.into()))
    }

    async fn check(database: &str, allowed: u32, limit: Limit) -> Result<()> {
        let mut conn = Engine::connect(database).await?.acquire().await?;
        for _ in 0..2 {
            // The limit applies to each result separately.
            let all: Vec<u32> = conn.query_all_as(numbers(allowed), ()).await?;
            assert_eq!(all.len(), allowed as usize, "{database}");
        }
        let refused = conn.query_all_as::<u32>(numbers(allowed + 1), ()).await;
        let error = refused.expect_err(database);
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(limit), "{error}");
        assert!(error.message().contains(&format!("more than the {database}")), "{error}");
        assert!(conn.is_closed(), "the rest of the result is not read");
        Ok(())
    }

    async fn an_excess_rolls_back_the_transaction() -> Result<()> {
        let mut conn = Engine::connect("3 rows").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        let error = tx.query_all(numbers(4), ()).await.expect_err("one row more than allowed");
        assert_eq!(error.transaction_state(), TransactionState::RolledBack);
        Ok(())
    }
}
