//! Collects rows as structs, then sums their values. The first argument is the number of rows.

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
    let items: Vec<Item> = conn.query_all_as(sql, (rows,)).await?;
    let sum: f64 = items.iter().map(of_item).sum();
    println!("{sum}");
    Ok(())
}

fn of_item(item: &Item) -> f64 {
    f64::from(item.id) + item.quantity as f64 + item.price + item.name.len() as f64 + item.note.len() as f64
}
