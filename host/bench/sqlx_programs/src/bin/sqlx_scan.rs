//! Reads rows as structs and sums their values while it reads. The second argument is the number of
//! rows.

use std::error::Error;

use futures::TryStreamExt;
use sqlx::FromRow;
use wasmysql_bench_sqlx_programs::{argument, connect};

#[derive(FromRow)]
struct Item {
    id: i32,
    quantity: i64,
    price: f64,
    name: String,
    note: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let rows: i64 = argument(2);
    let mut conn = connect().await?;
    let sql = "SELECT id, quantity, price, name, note FROM scan WHERE id <= ?";
    let mut items = sqlx::query_as::<_, Item>(sql).bind(rows).fetch(&mut conn);
    let mut sum = 0.0;
    while let Some(item) = items.try_next().await? {
        sum += f64::from(item.id) + item.quantity as f64 + item.price + item.name.len() as f64 + item.note.len() as f64;
    }
    println!("{sum}");
    Ok(())
}
