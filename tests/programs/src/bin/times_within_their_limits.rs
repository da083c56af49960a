//! A statement, and the rows after the first, may take as long as the grant says, and not much longer.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Connection, Engine, ErrorKind, Result, Statement, Step};

    /// What is granted, a time within it, and one past it, in seconds.
    const GRANTED: Duration = Duration::from_secs(1);
    const WITHIN: &str = "0.1";
    const PAST: &str = "30";

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("a second for a statement").await?.acquire().await?;
        conn.query_all(format!("SELECT SLEEP({WITHIN})"), ()).await?;
        // The limit is for each statement, and rows after the first have their own.
        read(&mut conn, "1.2").await?;
        let start = Instant::now();
        let refused = conn.query_all(format!("SELECT SLEEP({PAST})"), ()).await.map(drop);
        is_cut(&conn, refused, Step::Execute, start);

        let mut conn = Engine::connect("a second for rows").await?.acquire().await?;
        conn.query_all("SELECT SLEEP(1.2)", ()).await?;
        read(&mut conn, WITHIN).await?;
        let start = Instant::now();
        let refused = read(&mut conn, PAST).await;
        is_cut(&conn, refused, Step::Fetch, start);
        Ok(())
    }

    /// Reads three rows, of which the last comes later. They are too wide for the server to keep one back.
    async fn read(conn: &mut Connection, pause: &str) -> Result<()> {
        let sql = format!("SELECT REPEAT('x', 100000), IF(seq = 3, SLEEP({pause}), 0) FROM seq_1_to_3");
        let mut rows = conn.query(Statement::new(sql).first_rows(1), ()).await?;
        while rows.next().await?.is_some() {}
        Ok(())
    }

    fn is_cut(conn: &Connection, refused: Result<()>, step: Step, start: Instant) {
        let took = start.elapsed();
        let error = refused.expect_err("too slow");
        assert_eq!(error.kind(), &ErrorKind::Timeout(step), "{error}");
        assert!((GRANTED..3 * GRANTED).contains(&took), "{step:?}: {took:?}");
        assert!(conn.is_closed());
    }
}
