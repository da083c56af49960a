//! Begins a transaction, updates a row by its key, and commits. The first argument is the number of
//! transactions.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let mut changed = 0;
    for time in 0..argument(1) {
        let mut tx = conn.begin().await?;
        let done = tx.execute("UPDATE account SET balance = balance + 1 WHERE id = ?", (time % 1000 + 1,)).await?;
        tx.commit().await?;
        changed += done.rows_affected();
    }
    println!("{changed}");
    Ok(())
}
