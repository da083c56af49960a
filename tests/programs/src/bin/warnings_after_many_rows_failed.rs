//! The warnings of a failed `execute_many` end with the next statement, and with the session.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE changed (id INT PRIMARY KEY, n TINYINT)", ()).await?;
        conn.insert_many("changed", &["id", "n"], (0..50).map(|id| (id, 0))).await?;
        let session = session(&mut conn).await?;

        fails(&mut conn).await?;
        assert_eq!(warnings_of_a_refused_statement(&mut conn).await?, [1064]);
        fails(&mut conn).await?;
        conn.begin().await?.rollback().await?;
        assert_eq!(warnings_of_a_refused_statement(&mut conn).await?, [1064]);
        fails(&mut conn).await?;
        conn.close().await?;

        let mut conn = engine.acquire().await?;
        assert_eq!(warnings_of_a_refused_statement(&mut conn).await?, [1064]);
        assert_eq!(self::session(&mut conn).await?, session, "the connections are the same session");
        Ok(())
    }

    async fn session(conn: &mut Connection) -> Result<u64> {
        conn.query_scalar("SELECT CONNECTION_ID()", ()).await
    }

    async fn fails(conn: &mut Connection) -> Result<()> {
        let rows = (0..50).map(|id| (if id == 37 { 1000 } else { 1 }, id));
        conn.execute_many("UPDATE changed SET n = ? WHERE id = ?", rows).await.expect_err("out of range");
        assert_eq!(codes(conn).await?, [1264]);
        Ok(())
    }

    async fn warnings_of_a_refused_statement(conn: &mut Connection) -> Result<Vec<u16>> {
        conn.execute("SELECT 1 +", ()).await.expect_err("a syntax error");
        codes(conn).await
    }

    async fn codes(conn: &mut Connection) -> Result<Vec<u16>> {
        Ok(conn.warnings().await?.iter().map(|warning| warning.code).collect())
    }
}
