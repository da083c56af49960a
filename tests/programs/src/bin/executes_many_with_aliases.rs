//! `execute_many` sends rows with an alias, and `VALUES ROW(...)`, in one statement. Only MySQL has
//! them.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE many (id INT PRIMARY KEY, v VARCHAR(20))", ()).await?;
        for (offset, statement) in [
            "INSERT INTO many (id, v) VALUES ROW(?, ?) ON DUPLICATE KEY UPDATE v = VALUES(v)",
            "INSERT INTO many (id, v) VALUES (?, ?) AS new ON DUPLICATE KEY UPDATE v = new.v",
            "INSERT INTO many (id, v) VALUES (?, ?) AS new (k, w) ON DUPLICATE KEY UPDATE v = CONCAT(w, many.v);",
        ]
        .into_iter()
        .enumerate()
        {
            // The server counts one for each new row, and two for each row that changed.
            let rows = (0..20).map(|id| (id + offset * 10, format!("{statement:.5} {offset}")));
            let done = conn.execute_many(statement, rows).await?;
            assert_eq!(done.rows_affected(), if offset == 0 { 20 } else { 10 + 2 * 10 }, "{statement}");
            assert!(done.info().starts_with("Records: 20 "), "{statement}: {done:?}");
        }
        let done = conn.execute_many("REPLACE many VALUES ROW (?, 'replaced')", [(0,), (1,), (500,)]).await?;
        assert_eq!(done.rows_affected(), 2 + 2 + 1);
        let row: (u32, String) =
            conn.query_one_as("SELECT COUNT(*), MAX(v) FROM many WHERE v LIKE 'INSER%'", ()).await?;
        assert_eq!(row, (38, "INSER 2INSER 1".to_owned()));
        Ok(())
    }
}
