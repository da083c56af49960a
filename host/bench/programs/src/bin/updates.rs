//! Updates many rows in one call. The first argument is the number of rows, the second their new
//! price.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let (rows, price): (i32, i32) = (argument(1), argument(2));
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let rows = (0..rows).map(|id| (price, id));
    let done = conn.execute_many("UPDATE bulk SET price = ? WHERE id = ?", rows).await?;
    println!("{}", done.rows_affected());
    Ok(())
}
