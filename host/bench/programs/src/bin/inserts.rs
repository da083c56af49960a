//! Inserts many rows per call. The first argument is the number of calls, the second the number of
//! rows per call.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let (calls, rows): (i32, i32) = (argument(1), argument(2));
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let mut inserted = 0;
    for call in 0..calls {
        let rows = (call * rows..(call + 1) * rows).map(|id| (id, format!("item {id}"), f64::from(id) / 4.0));
        let done = conn.execute_many("INSERT INTO bulk (id, name, price) VALUES (?, ?, ?)", rows).await?;
        inserted += done.rows_affected();
    }
    println!("{inserted}");
    Ok(())
}
