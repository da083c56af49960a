//! Discards rows of changing statements in every possible way, and checks that the change is
//! complete.

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
        has(&mut conn, 200_000, "drop of a prepared statement's rows").await?;

        conn.execute("CALL slow_insert()", ()).await?;
        logged(&mut conn, 1, "execute of a procedure").await?;
        assert_eq!(conn.query_all("CALL slow_insert()", ()).await?.len(), 1);
        logged(&mut conn, 2, "all rows of a procedure's first result").await?;
        drop(conn.query("CALL slow_insert()", ()).await?);
        logged(&mut conn, 3, "drop of a procedure's results").await?;

        conn.execute("DELETE FROM log", ()).await?;
        drop(conn.query("SELECT logs(id), REPEAT('x', 1000) FROM f1 LIMIT 2000", ()).await?);
        logged(&mut conn, 2000, "drop of a function's rows").await?;

        // A table name inside of the argument is not the name of the function.
        conn.execute("DELETE FROM log", ()).await?;
        let nested = "SELECT logs((WITH c(a) AS (SELECT 1) SELECT a FROM c)), REPEAT('x', 1000) FROM f1 LIMIT 20000";
        drop(conn.query(nested, ()).await?);
        logged(&mut conn, 20_000, "drop of the rows of a function with a table in its argument").await
    }

    async fn has(conn: &mut Connection, rows: u32, after: &str) -> Result<()> {
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM f1", ()).await?, rows, "after {after}");
        Ok(())
    }

    async fn logged(conn: &mut Connection, rows: u32, after: &str) -> Result<()> {
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM log", ()).await?, rows, "after {after}");
        Ok(())
    }
}
