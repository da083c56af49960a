//! Spends time in the mode of the argument: mostly waits for the server, or repeatedly sends a long
//! statement that the host reads and refuses.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Connection, Engine, ErrorKind, Result};

    /// The maximum length of a statement.
    const SQL_BYTES: usize = 1 << 20;

    pub(super) async fn main() -> Result<()> {
        let mode = std::env::args().nth(1).expect("the mode");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        println!("begins");
        match mode.as_str() {
            "waits" => waits(&mut conn).await,
            "is refused" => is_refused(&mut conn).await,
            mode => panic!("unknown mode '{mode}'"),
        }
    }

    /// Waits 8 ms at a time, which is less than the interval at which the host checks its clock.
    async fn waits(conn: &mut Connection) -> Result<()> {
        let begin = Instant::now();
        let mut times = 0;
        while begin.elapsed() < Duration::from_secs(2) {
            conn.execute("DO SLEEP(0.008)", ()).await?;
            times += 1;
        }
        assert!(times > 10, "{times} times");
        Ok(())
    }

    async fn is_refused(conn: &mut Connection) -> Result<()> {
        let sql = format!("DROP TABLE locked /*{}*/", "x".repeat(SQL_BYTES - "DROP TABLE locked /**/".len()));
        loop {
            let error = conn.execute(sql.as_str(), ()).await.expect_err("a refusal");
            assert_eq!(error.kind(), &ErrorKind::StatementDenied, "{error}");
        }
    }
}
