//! Reads the first row of a table and drops the rest of the result.
//!
//! Prints the key of that row, and the microseconds from the drop to the answer of a ping on a
//! newly acquired connection. With a pool of one connection this is the time until the slot is
//! free.

use std::time::Instant;

use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let mut rows = conn.query("SELECT id, quantity, price, name, note FROM scan", ()).await?;
    let first: Option<i64> = rows.next().await?.map(|row| row.get(0)).transpose()?;
    let began = Instant::now();
    drop(rows);
    drop(conn);
    engine.acquire().await?.ping().await?;
    println!("{} {}", first.unwrap_or_default(), began.elapsed().as_secs_f64() * 1e6);
    Ok(())
}
