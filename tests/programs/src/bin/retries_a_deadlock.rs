//! Updates two rows in a transaction with retries. The first attempt waits at a gate between the
//! updates, so two of these guests with opposite row order deadlock.
//!
//! The arguments are the gate, the two rows, and the maximum number of attempts.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, RetryOptions};

    pub(super) async fn main() -> Result<()> {
        let arguments: [String; 4] = std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("four arguments");
        let [gate, first, second, attempts] = &arguments;
        let engine = Engine::connect("main").await?;
        let options = RetryOptions::new().attempts(attempts.parse().expect("a number"));
        let mut attempt = 0;
        let ended = engine
            .transaction_with(options, async |tx| {
                attempt += 1;
                let update = "UPDATE two SET n = n + 1 WHERE id = ?";
                tx.execute(update, (first,)).await?;
                if attempt == 1 {
                    tx.query_scalar::<i32>("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (gate, gate)).await?;
                }
                tx.execute(update, (second,)).await
            })
            .await;
        match ended {
            Ok(done) => println!("committed {} at attempt {attempt}", done.rows_affected()),
            Err(error) => println!("gave up after {attempt}: {:?}", error.code()),
        }
        Ok(())
    }
}
