//! Discards rows of procedures that fail later or time out, and checks that the error is reported.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::{Connection, Engine, ErrorKind, Result, Step};
    use wasmysql_test_programs::refused_by_server;

    const SIGNAL: u16 = 1644;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        refused_by_server(conn.execute("CALL fails()", ()).await, SIGNAL);
        refused_by_server(conn.query_all("CALL fails()", ()).await, SIGNAL);
        refused_by_server(conn.query_one("CALL fails()", ()).await, SIGNAL);
        refused_by_server(conn.query_optional("CALL fails()", ()).await, SIGNAL);
        refused_by_server(conn.query("CALL fails()", ()).await?.first().await, SIGNAL);
        refused_by_server(conn.query_all_as::<(String,)>("CALL fails()", ()).await, SIGNAL);
        refused_by_server(engine.execute("CALL fails()", ()).await, SIGNAL);
        refused_by_server(engine.query_all("CALL fails()", ()).await, SIGNAL);

        drop(conn.query("CALL fails()", ()).await?);
        refused_by_server(conn.execute("DO 1", ()).await, SIGNAL);
        conn.execute("DO 1", ()).await?;

        let impatient = Engine::options().statement_timeout(Duration::from_millis(300)).connect("main").await?;
        let mut conn = impatient.acquire().await?;
        times_out(&mut conn).await?;
        let mut conn = impatient.acquire().await?;
        drop(conn.query("CALL sleeps()", ()).await?);
        let error = conn.execute("DO 1", ()).await.expect_err("the connection is closed or still busy");
        let is_expected = matches!(error.kind(), ErrorKind::ResourceClosed | ErrorKind::Timeout(Step::Execute));
        assert!(is_expected, "{:?}: {error}", error.kind());
        Ok(())
    }

    async fn times_out(conn: &mut Connection) -> Result<()> {
        let error = conn.execute("CALL sleeps()", ()).await.expect_err("the procedure takes minutes");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute), "{error}");
        // If the server stopped the statement, the connection stays usable.
        if !conn.is_closed() {
            return conn.execute("DO 1", ()).await.map(drop);
        }
        let error = conn.execute("DO 1", ()).await.expect_err("the connection is closed");
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed, "{error}");
        Ok(())
    }
}
