//! Updates and deletes ten thousand rows in one call each.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE ten_thousand (id INT PRIMARY KEY, n INT)", ()).await?;
        conn.insert_many("ten_thousand", &["id", "n"], (0..10_000).map(|id| (id, 0))).await?;
        // Otherwise the server commits each row.
        let mut tx = conn.begin().await?;
        let rows = (0..10_000).map(|id| (id % 100, id));
        let done = tx.execute_many("UPDATE ten_thousand SET n = ? WHERE id = ?", rows.clone()).await?;
        assert_eq!(done.rows_affected(), 10_000);
        let update = tx.prepare("UPDATE ten_thousand SET n = n + ? WHERE id = ?").await?;
        assert_eq!(tx.execute_many(&update, rows).await?.rows_affected(), 10_000);
        assert_eq!(tx.query_scalar::<i64>("SELECT CAST(SUM(n) AS SIGNED) FROM ten_thousand", ()).await?, 990_000);
        let done = tx.execute_many("DELETE FROM ten_thousand WHERE id = ?", (0..10_000).map(|id| (id,))).await?;
        assert_eq!(done.rows_affected(), 10_000);
        tx.commit().await
    }
}
