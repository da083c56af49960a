//! Commits transactions of two rows in sequence until the table `ended` has a row.
//!
//! Prints the outcome of each transaction: `committed N`, `unknown N`, or `failed N` and the error.
//! It repeats a failed transaction on a new connection. The argument identifies the rows of this
//! guest.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::{Engine, ErrorKind, Result};

    /// The pause between transactions. A cluster node that joins under load must apply missed
    /// transactions faster than new ones arrive.
    const PAUSE: Duration = Duration::from_millis(3);

    pub(super) async fn main() -> Result<()> {
        let own: u32 = std::env::args().nth(1).and_then(|own| own.parse().ok()).expect("a number");
        let engine = Engine::connect("main").await?;
        let mut number = 0_u32;
        while !has_ended(&engine).await {
            std::thread::sleep(PAUSE);
            match commit(&engine, own, number).await {
                Ok(()) => println!("committed {number}"),
                Err(error) if *error.kind() == ErrorKind::CommitUnknown => println!("unknown {number}"),
                Err(error) => {
                    println!("failed {number}: {:?} {:?} {error}", error.kind(), error.retry());
                    continue;
                }
            }
            number += 1;
        }
        Ok(())
    }

    async fn commit(engine: &Engine, own: u32, number: u32) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin().await?;
        for half in 0..2_u8 {
            tx.execute("INSERT INTO t VALUES (?, ?, ?)", (own, number, half)).await?;
        }
        tx.commit().await
    }

    async fn has_ended(engine: &Engine) -> bool {
        match engine.query_scalar::<u8>("SELECT COUNT(*) FROM ended", ()).await {
            Ok(rows) => rows > 0,
            Err(error) => {
                println!("failed to check: {:?} {:?} {error}", error.kind(), error.retry());
                false
            }
        }
    }
}
