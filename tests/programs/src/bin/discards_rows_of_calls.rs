//! Discards the rows of procedures and functions that change data in every possible way, and checks
//! that the change is complete.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};
    use wasmysql_test_programs::series;

    /// Returns two results and then inserts a row.
    const CALL: &str = "CALL slow_insert()";

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute(CALL, ()).await?;
        logged(&mut conn, 1, "execute").await?;
        assert_eq!(conn.query_all(CALL, ()).await?.len(), 1);
        logged(&mut conn, 2, "all rows of the first result").await?;
        assert!(conn.query(CALL, ()).await?.first().await?.is_some());
        logged(&mut conn, 3, "first").await?;
        conn.query(CALL, ()).await?.close().await?;
        logged(&mut conn, 4, "close").await?;
        drop(conn.query(CALL, ()).await?);
        logged(&mut conn, 5, "drop").await?;

        engine.execute(CALL, ()).await?;
        logged(&mut conn, 6, "execute on an engine").await?;
        assert!(engine.query(CALL, ()).await?.first().await?.is_some());
        logged(&mut conn, 7, "first on an engine").await?;

        let mut other = engine.acquire().await?;
        let rows = other.query(CALL, ()).await?;
        drop(rows);
        other.close().await?;
        logged(&mut conn, 8, "drop and close of the connection").await?;

        let mut tx = conn.begin().await?;
        drop(tx.query(CALL, ()).await?);
        tx.commit().await?;
        logged(&mut conn, 9, "drop in a transaction").await?;
        let mut tx = conn.begin().await?;
        drop(tx.query(CALL, ()).await?);
        tx.rollback().await?;
        logged(&mut conn, 9, "drop in a transaction that is rolled back").await?;

        let prepared = conn.prepare(CALL).await?;
        drop(conn.query(&prepared, ()).await?);
        logged(&mut conn, 10, "drop of a prepared statement's rows").await?;

        conn.execute("DELETE FROM log", ()).await?;
        conn.execute(format!("INSERT INTO f1 SELECT seq FROM {} AS series", series(20_000)), ()).await?;
        drop(conn.query("SELECT adds(id), REPEAT('x', 1000) FROM f1 LIMIT 2000", ()).await?);
        logged(&mut conn, 2000, "drop of a function's rows").await?;

        // A table name inside of the argument is not the name of the function.
        conn.execute("DELETE FROM log", ()).await?;
        let nested = "SELECT adds((WITH c(a) AS (SELECT 1) SELECT a FROM c)), REPEAT('x', 1000) FROM f1 LIMIT 20000";
        drop(conn.query(nested, ()).await?);
        logged(&mut conn, 20_000, "drop of the rows of a function with a table in its argument").await
    }

    async fn logged(conn: &mut Connection, rows: u32, after: &str) -> Result<()> {
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM log", ()).await?, rows, "after {after}");
        Ok(())
    }
}
