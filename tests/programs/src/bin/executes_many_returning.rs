//! `execute_many` refuses statements with RETURNING. They have no effect.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Result};
    use wasmysql_test_programs::refused;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20))", ()).await?;
        conn.execute("INSERT INTO many (v) VALUES ('there')", ()).await?;
        for statement in ["INSERT INTO many (v) VALUES (?) RETURNING id", "DELETE FROM many WHERE v <> ? RETURNING id"]
        {
            let result = conn.execute_many(statement, [("1",), ("2",)]).await;
            refused(result, ErrorKind::Argument, "execute-many is for statements that return no rows");
            let prepared = conn.prepare(statement).await?;
            let result = conn.execute_many(&prepared, [("1",), ("2",)]).await;
            refused(result, ErrorKind::Argument, "execute-many is for statements that return no rows");
            assert_eq!(conn.query_scalar::<u32>("SELECT COUNT(*) FROM many", ()).await?, 1, "{statement}");
        }
        Ok(())
    }
}
