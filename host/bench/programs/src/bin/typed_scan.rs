//! Reads rows as structs and sums their values while it reads. The first argument is the number of
//! rows.

use wasmysql::{Engine, FromRow, Result};
use wasmysql_bench_programs::argument;

#[derive(FromRow)]
struct Item {
    id: i32,
    quantity: i64,
    price: f64,
    name: String,
    note: String,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let rows: i64 = argument(1);
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let sql = "SELECT id, quantity, price, name, note FROM scan WHERE id <= ?";
    let mut items = conn.query_as::<Item>(sql, (rows,)).await?;
    let mut sum = 0.0;
    while let Some(item) = items.next().await? {
        sum += f64::from(item.id) + item.quantity as f64 + item.price + item.name.len() as f64 + item.note.len() as f64;
    }
    println!("{sum}");
    Ok(())
}
