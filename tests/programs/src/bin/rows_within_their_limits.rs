//! A row may be exactly as wide as the grant allows, and not a byte or column wider. A batch holds
//! about as many bytes as the grant allows, and at least one row.
//!
//! With an argument, the program expects a grant with the default limits.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::{Engine, ErrorKind, Limit, Result};
    use wasmysql_test_programs::{EXECUTE, GRANTED, series};

    pub(super) async fn main() -> Result<()> {
        if std::env::args().nth(1).is_some() {
            bytes("main", 16 << 20).await?;
            columns("main", 4096).await?;
            return batch("main", 128 << 10).await;
        }
        // Each database has a grant with a different limit.
        bytes("1000 bytes of a row", 1000).await?;
        columns("3 columns", 3).await?;
        batch("1000 bytes of a batch", 1000).await
    }

    async fn bytes(database: &str, allowed: usize) -> Result<()> {
        let row = |bytes: usize| format!("SELECT REPEAT('x', {}), REPEAT('y', {})", bytes / 2, bytes.div_ceil(2));
        let mut conn = Engine::connect(database).await?.acquire().await?;
        let cells = conn.query_one(row(allowed), ()).await?;
        assert_eq!(cells.get::<&str>(0)?.len() + cells.get::<&str>(1)?.len(), allowed, "{database}");
        let error = conn.query_one(row(allowed + 1), ()).await.map(drop).expect_err(database);
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::RowBytes), "{error}");
        assert!(conn.is_closed(), "the rest of the result is not read");
        Ok(())
    }

    async fn columns(database: &str, allowed: usize) -> Result<()> {
        let row = |columns: usize| format!("SELECT 1{}", ", 1".repeat(columns - 1));
        let mut conn = Engine::connect(database).await?.acquire().await?;
        assert_eq!(conn.query_one(row(allowed), ()).await?.columns().len(), allowed);
        let error = conn.query_one(row(allowed + 1), ()).await.map(drop).expect_err(database);
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Columns), "{error}");
        assert_eq!(conn.query_one(row(allowed), ()).await?.columns().len(), allowed, "the connection stays usable");
        Ok(())
    }

    async fn batch(database: &str, allowed: u32) -> Result<()> {
        let conn = create_engine(give!(database), GRANTED).await?.acquire().await?;
        let numbers = |rows: u32| format!("SELECT CAST(seq AS SIGNED) FROM {} AS series", series(rows.into()));
        let few = numbers(allowed / 8);
        let outcome = conn.execute(give!(few), give!([]), EXECUTE).await?;
        assert_eq!(outcome.rows.expect("rows").rows, allowed / 8, "{database}: a BIGINT has 8 bytes");
        assert!(outcome.cursor.is_none(), "{database}: the batch is full, but no further row exists");
        let many = numbers(allowed);
        let outcome = conn.execute(give!(many), give!([]), EXECUTE).await?;
        let cursor = outcome.cursor.expect("more than a batch");
        let mut batches = vec![outcome.rows.expect("rows").rows];
        while let Some(batch) = cursor.fetch(u32::MAX).await? {
            batches.push(batch.rows);
        }
        assert_eq!(batches.iter().sum::<u32>(), allowed, "{database}");
        assert!(batches.iter().all(|rows| *rows <= allowed / 8 + 1), "{database}: {batches:?}");
        drop(cursor);

        let wide = format!("SELECT REPEAT('x', {}) FROM {} AS series", 2 * allowed, series(2));
        let outcome = conn.execute(give!(wide), give!([]), EXECUTE).await?;
        assert_eq!(outcome.rows.expect("a row").rows, 1, "{database}");
        let cursor = outcome.cursor.expect("a second row");
        assert_eq!(cursor.fetch(u32::MAX).await?.expect("the second row").rows, 1, "{database}");
        Ok(())
    }
}
