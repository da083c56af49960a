//! Makes every call that sends something to the server, and prints its progress. The transaction
//! inserts two rows.
//!
//! `fault_prepares_and_commits` covers the calls for prepared transactions.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.ping().await?;
        conn.query_scalar::<i64>("SELECT 1", ()).await?;
        let prepared = conn.prepare("SELECT ? + 1").await?;
        conn.query_scalar::<i64>(&prepared, (1,)).await?;
        let sql = format!("SELECT seq, REPEAT('x', 1000) FROM {} AS series", series(400));
        let mut rows = conn.query(sql, ()).await?;
        while rows.next().await?.is_some() {}
        drop(rows);
        let mut results = conn.query("CALL two_results()", ()).await?;
        while results.next_result().await? {}
        drop(results);
        conn.query_all("SELECT CAST('x' AS SIGNED)", ()).await?;
        conn.warnings().await?;
        conn.recover_twophase().await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO t VALUES (1)", ()).await?;
        let mut inner = tx.begin_nested().await?;
        inner.execute_many("INSERT INTO t VALUES (?)", [(2,)]).await?;
        inner.commit().await?;
        tx.commit().await?;
        println!("committed");
        let mut tx = conn.begin_twophase(None).await?;
        tx.execute("INSERT INTO t VALUES (3)", ()).await?;
        tx.rollback().await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO t VALUES (4)", ()).await?;
        tx.rollback().await?;
        conn.close().await?;
        engine.execute("DO 1", ()).await?;
        engine.close().await?;
        println!("done");
        Ok(())
    }
}
