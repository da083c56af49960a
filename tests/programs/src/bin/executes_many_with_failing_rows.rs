//! `execute_many` of 50 rows, one of which fails. Prints the messages of the errors, and checks the
//! effects of the other rows.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Error, Params, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE faulty (id INT PRIMARY KEY, n TINYINT NOT NULL, v VARCHAR(5) NOT NULL)", ()).await?;
        conn.execute("CREATE TABLE parent (id INT PRIMARY KEY, n INT CHECK (n < 100))", ()).await?;
        conn.execute("CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES parent (id))", ()).await?;
        inserts(&mut conn).await?;
        changes(&mut conn).await
    }

    async fn inserts(conn: &mut Connection) -> Result<()> {
        for insert in ["INSERT INTO", "REPLACE INTO"] {
            let sql = format!("{insert} faulty VALUES (?, ?, ?)");
            let rows = |row: i32| (row, if row == 37 { 1000 } else { 0 }, "x");
            failed(conn, 1264, "out of range", &sql, (0..50).map(rows)).await?;
            let rows = |row: i32| (row, 0, if row == 37 { "too long" } else { "x" });
            failed(conn, 1406, "too long", &sql, (0..50).map(rows)).await?;
            let rows = |row: i32| (row, if row == 37 { None } else { Some(0) }, "x");
            failed(conn, 1048, "null", &sql, (0..50).map(rows)).await?;
            assert_eq!(count(conn, "faulty", "0 = 0").await?, 0);
        }
        let rows = |row: i32| (if row == 37 { 5 } else { row }, 0, "x");
        failed(conn, 1062, "duplicate", "INSERT INTO faulty VALUES (?, ?, ?)", (0..50).map(rows)).await?;
        // These are sent as one statement with many rows.
        let rows = |row: i32| (if row == 37 { 5 } else { row }, 0, "x");
        failed(conn, 1062, "expression", "INSERT INTO faulty VALUES (? + 0, ?, ?)", (0..50).map(rows)).await?;
        let rows = |row: i32| (row, if row == 37 { 1000 } else { 0 }, "x");
        failed(conn, 1264, "replaced expression", "REPLACE INTO faulty VALUES (? + 0, ?, ?)", (0..50).map(rows))
            .await?;
        failed(conn, 1452, "foreign key", "INSERT INTO child VALUES (?)", (0..50).map(|row: i32| (row,))).await?;
        assert_eq!(count(conn, "faulty", "0 = 0").await?, 0);
        Ok(())
    }

    async fn changes(conn: &mut Connection) -> Result<()> {
        let update = "UPDATE faulty SET n = ? WHERE id = ?";
        conn.insert_many("faulty", &["id", "n", "v"], (0..50).map(|row| (row, 0, "x"))).await?;
        let rows = || (0..50).map(|row: i32| (if row == 37 { 1000 } else { 1 }, row));
        failed(conn, 1264, "update", update, rows()).await?;
        assert_eq!(count(conn, "faulty", "n = 1").await?, 37, "the earlier rows remain");

        // The server prepares the statement again, because the table has changed.
        conn.execute("ALTER TABLE faulty ADD COLUMN w INT", ()).await?;
        failed(conn, 1264, "update after ALTER TABLE", update, rows()).await?;

        let mut tx = conn.begin().await?;
        let rows = || (0..50).map(|row: i32| (if row == 41 { 1000 } else { 2 }, row));
        let error = tx.execute_many(update, rows()).await.expect_err("out of range");
        println!("update in a transaction: {}", place(&error));
        tx.execute(update, (3, 49)).await?;
        tx.commit().await?;
        assert_eq!(count(conn, "faulty", "n = 2").await?, 41);
        assert_eq!(count(conn, "faulty", "n = 3").await?, 1);

        conn.insert_many("parent", &["id", "n"], (0..50).map(|row| (row, row))).await?;
        conn.execute("INSERT INTO child VALUES (33)", ()).await?;
        failed(conn, 1451, "delete", "DELETE FROM parent WHERE id = ?", (0..50).map(|row: i32| (row,))).await?;
        assert_eq!(count(conn, "parent", "0 = 0").await?, 17);
        Ok(())
    }

    async fn failed<P: Params>(
        conn: &mut Connection,
        code: u16,
        name: &str,
        sql: &str,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<()> {
        let error = conn.execute_many(sql, rows).await.expect_err(name);
        assert_eq!(error.code(), Some(code), "{error}");
        println!("{name}: {}", place(&error));
        let warnings = conn.warnings().await?;
        assert!(warnings.iter().any(|warning| warning.code == code), "{name}: {warnings:?}");
        Ok(())
    }

    /// Returns the part of the message that names rows.
    fn place(error: &Error) -> &str {
        error.message().rsplit_once('(').expect("a place").1.trim_end_matches(')')
    }

    async fn count(conn: &mut Connection, table: &str, condition: &str) -> Result<u32> {
        conn.query_scalar(format!("SELECT COUNT(*) FROM {table} WHERE {condition}"), ()).await
    }
}
