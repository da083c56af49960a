//! Discards the rows of INSERT and DELETE ... RETURNING in every possible way, and checks that the
//! change is complete.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};
    use wasmysql_test_programs::series;

    const DELETE: &str = "DELETE FROM f1 WHERE id > 0 RETURNING id, REPEAT('x', 100)";

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let insert = &format!("INSERT INTO f1 SELECT seq FROM {} AS series RETURNING id", series(200_000));
        for round in 0..2 {
            conn.execute(insert, ()).await?;
            has(&mut conn, 200_000, "execute").await?;
            assert!(conn.query(DELETE, ()).await?.first().await?.is_some(), "{round}");
            has(&mut conn, 0, "first").await?;
            drop(conn.query(insert, ()).await?);
            has(&mut conn, 200_000, "drop").await?;
            conn.query(DELETE, ()).await?.close().await?;
            has(&mut conn, 0, "close").await?;
        }

        engine.execute(insert, ()).await?;
        has(&mut conn, 200_000, "execute on an engine").await?;
        assert!(engine.query(DELETE, ()).await?.first().await?.is_some());
        has(&mut conn, 0, "first on an engine").await?;

        let mut other = engine.acquire().await?;
        let rows = other.query(insert, ()).await?;
        drop(rows);
        other.close().await?;
        has(&mut conn, 200_000, "drop and close of the connection").await?;

        let mut tx = conn.begin().await?;
        drop(tx.query(DELETE, ()).await?);
        tx.commit().await?;
        has(&mut conn, 0, "drop in a transaction").await?;
        let mut tx = conn.begin().await?;
        drop(tx.query(insert, ()).await?);
        tx.rollback().await?;
        has(&mut conn, 0, "drop in a transaction that is rolled back").await?;

        let prepared = conn.prepare(insert).await?;
        drop(conn.query(&prepared, ()).await?);
        has(&mut conn, 200_000, "drop of a prepared statement's rows").await
    }

    async fn has(conn: &mut Connection, rows: u32, after: &str) -> Result<()> {
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM f1", ()).await?, rows, "after {after}");
        Ok(())
    }
}
