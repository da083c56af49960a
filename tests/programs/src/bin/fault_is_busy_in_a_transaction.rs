//! Runs short statements in a transaction that it never ends, until the host ends the transaction.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("UPDATE locked SET value = value + 1", ()).await?;
        let mut count = 0_u32;
        let error = loop {
            match tx.execute("DO SLEEP(0.02)", ()).await {
                Ok(_) => count += 1,
                Err(error) => break error,
            }
        };
        println!("{count} statements");
        println!("{:?}, {:?}", error.kind(), error.transaction_state());
        let error = tx.commit().await.expect_err("the host ended the transaction");
        println!("{:?}, {:?}", error.kind(), error.transaction_state());
        Ok(())
    }
}
