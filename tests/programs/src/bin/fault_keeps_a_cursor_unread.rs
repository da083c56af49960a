//! Opens a result of 2 GB, leaves it unread after the first batch until the gate opens, and then
//! reads on.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut other = engine.acquire().await?;
        let sql = format!("SELECT seq, REPEAT('x', 1000) FROM {} AS series", series(2_000_000));
        let mut rows = conn.query(sql, ()).await?;
        println!("open");
        let passed: i32 = other.query_scalar("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        assert_eq!(passed, 2, "the gate was not opened");
        let mut count = 0_u32;
        let error = loop {
            match rows.next().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => panic!("read all {count} rows without an error"),
                Err(error) => break error,
            }
        };
        println!("{count} rows, then {:?}", error.kind());
        drop(rows);
        let error = conn.execute("DO 1", ()).await.expect_err("the connection was closed");
        println!("{:?}", error.kind());
        Ok(())
    }
}
