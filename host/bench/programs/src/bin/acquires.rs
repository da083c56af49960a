//! Acquires a connection, looks up rows by their keys, and closes the connection.
//!
//! The first argument is the number of acquires, the second the number of lookups on each
//! connection.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let (acquires, points): (u32, i64) = (argument(1), argument(2));
    let engine = Engine::connect("main").await?;
    let mut sum = 0;
    for _ in 0..acquires {
        let mut conn = engine.acquire().await?;
        for point in 0..points {
            let row = conn.query_one("SELECT id, name FROM point WHERE id = ?", (point % 1000 + 1,)).await?;
            sum += row.get::<i64>(0)? + row.get::<&str>(1)?.len() as i64;
        }
        conn.close().await?;
    }
    println!("{sum}");
    Ok(())
}
