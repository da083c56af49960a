//! Looks up one row by its key on one connection. The first argument is the number of lookups.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let mut sum = 0;
    for time in 0..argument(1) {
        let row = conn.query_one("SELECT id, name FROM point WHERE id = ?", (time % 1000 + 1,)).await?;
        sum += row.get::<i64>(0)? + row.get::<&str>(1)?.len() as i64;
    }
    println!("{sum}");
    Ok(())
}
