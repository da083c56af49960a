//! Inserts a row in a transaction with retries. The first attempt waits at a gate, where it loses
//! its connection.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let engine = Engine::connect("main").await?;
        let mut attempt = 0;
        engine
            .transaction(async |tx| {
                attempt += 1;
                tx.execute("INSERT INTO written VALUES (?)", (attempt,)).await?;
                if attempt == 1 {
                    tx.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
                }
                Ok::<_, wasmysql::Error>(())
            })
            .await?;
        println!("committed at attempt {attempt}");

        // A transaction on an acquired connection can't move to another connection.
        let mut conn = engine.acquire().await?;
        let mut attempt = 0;
        let lost = conn
            .transaction(async |tx| {
                attempt += 1;
                tx.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await
            })
            .await;
        let error = lost.expect_err("the connection was lost");
        println!("lost after {attempt}: {}", conn.is_closed() && error.is_retryable());
        Ok(())
    }
}
