//! Selects 5,000 columns and more, with long and with short statements.
//!
//! The protocol's column count wraps to zero at 65,536 columns. The host must not mistake the rest
//! of such a response for the response to a later statement.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Limit, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        for columns in [5000, 65_535, 65_536, 65_537, 65_538, 66_000, 131_072] {
            let numbers = format!("SELECT 1{}", ",1".repeat(columns - 1));
            is_refused(&engine, &numbers, columns).await?;
        }
        for tables in [66, 132] {
            // Each star has 1,000 columns. Numbers fill up to a multiple of 65,536. They come
            // first: MySQL takes seconds to insert the columns of a star before others.
            let columns = (tables * 1000_usize).next_multiple_of(65_536);
            let stars = format!(
                "SELECT {}w.*{} FROM wide w",
                "1, ".repeat(columns - tables * 1000),
                ", w.*".repeat(tables - 1)
            );
            is_refused(&engine, &stars, columns).await?;
        }
        Ok(())
    }

    async fn is_refused(engine: &Engine, sql: &str, columns: usize) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let error = conn.query_all(sql, ()).await.map(drop).expect_err("too many columns");
        let expected = [ErrorKind::LimitExceeded(Limit::Columns), ErrorKind::ProtocolViolation];
        assert!(expected.contains(error.kind()), "{columns}: {:?}: {error}", error.kind());
        // The connection is either closed or still in step with the server.
        if !conn.is_closed() {
            conn.ping().await?;
            assert_eq!(conn.query_scalar::<i32>("SELECT 7", ()).await?, 7, "{columns}");
            conn.begin().await?.rollback().await?;
        }
        drop(conn);
        let mut conn = engine.acquire().await?;
        assert!(conn.prepare(sql).await.is_err(), "{columns}");
        drop(conn);
        assert_eq!(engine.query_scalar::<i32>("SELECT 8", ()).await?, 8, "{columns}");
        Ok(())
    }
}
