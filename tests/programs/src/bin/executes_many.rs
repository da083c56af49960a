//! `execute_many` sums the affected rows, for every kind of statement.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, k INT UNIQUE, v VARCHAR(20))", ()).await?;

        let rows = (0..100).map(|k| (k, format!("row {k}")));
        let done = conn.insert_many("many", &["k", "v"], rows).await?;
        assert_eq!((done.rows_affected(), done.last_insert_id()), (100, 1));

        // The server counts two for each row that existed, and one for each new row.
        let upsert = "INSERT INTO many (k, v) VALUES (?, ?) ON DUPLICATE KEY UPDATE v = VALUES(v)";
        let done = conn.execute_many(upsert, (90..110).map(|k| (k, "new"))).await?;
        assert_eq!(done.rows_affected(), 10 * 2 + 10);
        assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM many WHERE v = 'new'", ()).await?, 20);

        let done = conn.execute_many("REPLACE INTO many (k, v) VALUES (?, 'replaced')", [(0,), (1,), (500,)]).await?;
        assert_eq!(done.rows_affected(), 2 + 2 + 1);

        // An UPDATE runs row by row, and counts matched rows whether or not they change.
        let update = "UPDATE many SET v = ? WHERE k = ?";
        let done = conn.execute_many(update, [("x", 2), ("x", 3), ("x", 3), ("x", 9999)]).await?;
        assert_eq!(done.rows_affected(), 3);
        let done = conn.execute_many("DELETE FROM many WHERE k = ?", (2..12).map(|k| (k,))).await?;
        assert_eq!(done.rows_affected(), 10);
        let done = conn.execute_many("INSERT INTO many (k) SELECT ? + 1000", [(1,), (2,)]).await?;
        assert_eq!(done.rows_affected(), 2);

        let mut tx = conn.begin().await?;
        tx.insert_many("many", &["k"], (2000..2010).map(|k| (k,))).await?;
        tx.rollback().await?;
        let count: u32 = conn.query_scalar("SELECT COUNT(*) FROM many WHERE k >= 2000", ()).await?;
        assert_eq!(count, 0);

        conn.execute("CREATE TABLE `odd``table` (`odd``column` INT)", ()).await?;
        let done = conn.insert_many("odd`table", &["odd`column"], [(1,)]).await?;
        assert_eq!(done.rows_affected(), 1);
        Ok(())
    }
}
