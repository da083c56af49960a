//! A statement, and fetching the rows after the first batch, may each take as long as the grant
//! allows.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Connection, Engine, ErrorKind, Result, Statement, Step};
    use wasmysql_test_programs::series;

    /// The limit of the grant.
    const GRANTED: Duration = Duration::from_secs(1);
    /// A time below the limit, in seconds.
    const WITHIN: &str = "0.1";
    /// A time above the limit, in seconds.
    const PAST: &str = "30";

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("a second for a statement").await?.acquire().await?;
        conn.query_all(format!("SELECT SLEEP({WITHIN})"), ()).await?;
        // The limit applies to each statement separately, and fetching rows has a separate limit.
        read(&mut conn, "1.2").await?;
        let start = Instant::now();
        let result = conn.query_all(format!("SELECT SLEEP({PAST})"), ()).await.map(drop);
        timed_out(&conn, result, Step::Execute, start);

        let mut conn = Engine::connect("a second for rows").await?.acquire().await?;
        conn.query_all("SELECT SLEEP(1.2)", ()).await?;
        read(&mut conn, WITHIN).await?;
        let start = Instant::now();
        let result = read(&mut conn, PAST).await;
        timed_out(&conn, result, Step::Fetch, start);
        Ok(())
    }

    /// Reads three rows, the last of them after a pause. The rows are too wide for the server to
    /// buffer.
    async fn read(conn: &mut Connection, pause: &str) -> Result<()> {
        let columns = format!("REPEAT('x', 100000), IF(seq = 3, SLEEP({pause}), 0)");
        let sql = format!("SELECT {columns} FROM {} AS series", series(3));
        let mut rows = conn.query(Statement::new(sql).first_rows(1), ()).await?;
        while rows.next().await?.is_some() {}
        Ok(())
    }

    fn timed_out(conn: &Connection, result: Result<()>, step: Step, start: Instant) {
        let took = start.elapsed();
        let error = result.expect_err("too slow");
        assert_eq!(error.kind(), &ErrorKind::Timeout(step), "{error}");
        assert!((GRANTED..3 * GRANTED).contains(&took), "{step:?}: {took:?}");
        assert!(conn.is_closed());
    }
}
