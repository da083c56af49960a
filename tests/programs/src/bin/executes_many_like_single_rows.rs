//! `execute_many` has the same effect as one call a row: each row sees the effects of earlier rows.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, Value};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, prev INT, v VARCHAR(20))", ()).await?;
        conn.execute("INSERT INTO many (v) VALUES ('there')", ()).await?;

        let chained = [
            "INSERT INTO many (prev, v) VALUES ((SELECT MAX(id) FROM many AS x), ?)",
            "INSERT INTO many (v, prev) VALUES (?, LAST_INSERT_ID())",
            "INSERT INTO many (v, prev) VALUES (?, @last := COALESCE(@last, LAST_INSERT_ID() - 1) + 1)",
        ];
        for statement in chained {
            conn.execute("INSERT INTO many (v) VALUES ('first')", ()).await?;
            let done = conn.execute_many(statement, [("a",), ("b",), ("c",)]).await?;
            assert_eq!(done.rows_affected(), 3, "{statement}");
            let wrong: u32 =
                conn.query_scalar("SELECT COUNT(*) FROM many WHERE prev IS NOT NULL AND prev <> id - 1", ()).await?;
            assert_eq!(wrong, 0, "{statement}");
        }

        // Each decimal keeps its own scale, also where the scales of the rows differ.
        conn.execute("CREATE TABLE texts (id INT PRIMARY KEY, v VARCHAR(40))", ()).await?;
        let decimals = ["1", "1.5", "-2.50", "0.125", "1e2", "3"];
        let rows = decimals.iter().zip(1..).map(|(text, id)| (id, Value::Decimal((*text).to_owned())));
        conn.execute_many("INSERT INTO texts VALUES (?, ?)", rows.clone()).await?;
        let stored = conn.query_all_as::<(String,)>("SELECT v FROM texts ORDER BY id", ()).await?;
        assert_eq!(
            stored.iter().map(|(text,)| text.as_str()).collect::<Vec<_>>(),
            ["1", "1.5", "-2.50", "0.125", "100", "3"]
        );
        let rows = rows.map(|(id, value)| (value, id));
        conn.execute_many("UPDATE texts SET v = ? WHERE id = ?", rows).await?;
        let again = conn.query_all_as::<(String,)>("SELECT v FROM texts ORDER BY id", ()).await?;
        assert_eq!(again, stored);
        Ok(())
    }
}
