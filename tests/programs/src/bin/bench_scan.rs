//! Reads a whole table and sums every cell: numbers as numbers, texts by their length, times by their second.

use wasmysql::{Engine, Result, Rows};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let sum = sum(conn.query("SELECT id, quantity, price, name, note FROM scan", ()).await?).await?;
    println!("{sum}");
    Ok(())
}

async fn sum(mut rows: Rows<'_>) -> Result<f64> {
    let mut sum = 0.0;
    while let Some(batch) = rows.next_batch().await? {
        for index in 0..batch.columns().len() {
            let Some(column) = batch.column(index) else { continue };
            if let Some(values) = column.as_i64() {
                sum += values.iter().sum::<i64>() as f64;
            } else if let Some(values) = column.as_f64() {
                sum += values.iter().sum::<f64>();
            } else if let Some((offsets, _)) = column.as_str() {
                sum += offsets.windows(2).map(|ends| u64::from(ends[1] - ends[0])).sum::<u64>() as f64;
            }
        }
    }
    Ok(sum)
}
