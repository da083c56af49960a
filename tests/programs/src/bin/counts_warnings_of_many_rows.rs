//! `execute_many` returns the number of warnings of all rows. `warnings` lists those of the last
//! statement.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE warned (id INT PRIMARY KEY, n TINYINT)", ()).await?;
        for (sql, expected) in [
            ("INSERT IGNORE INTO warned (n, id) VALUES (?, ?)", 10),
            ("UPDATE IGNORE warned SET n = ? WHERE id = ?", 10),
            ("UPDATE warned SET n = ? % 10 WHERE id = ?", 0),
        ] {
            let rows = (0..40).map(|id| (if id % 4 == 0 { 1000 } else { id }, id));
            let done = conn.execute_many(sql, rows).await?;
            assert_eq!(done.warnings(), expected, "{sql}");
            assert_eq!(conn.warnings().await?.len(), usize::from(expected), "{sql}");
        }
        // So few rows that they are updated one by one.
        let rows = [(1000, 1), (1000, 2), (3, 3)];
        let done = conn.execute_many("UPDATE IGNORE warned SET n = ? WHERE id = ?", rows).await?;
        assert_eq!((done.warnings(), conn.warnings().await?.len()), (2, 0));
        Ok(())
    }
}
