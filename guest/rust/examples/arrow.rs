//! Batches as Arrow record batches, with Arrow's kernels inside the sandbox.

use arrow_arith::aggregate::{max, sum};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    conn.execute("CREATE TABLE sales (id INT PRIMARY KEY, pieces INT, price DECIMAL(10,2), sold_at DATETIME)", ())
        .await?;
    let sales = (0..50_000).map(|id| (id, (id % 7 != 0).then_some(id % 10), "19.99", "2024-02-29 13:05:09"));
    conn.insert_many("sales", &["id", "pieces", "price", "sold_at"], sales).await?;

    let (mut rows, mut pieces, mut cents, mut last) = (0, 0, 0, None);
    let mut result = conn.query("SELECT pieces, price, sold_at FROM sales", ()).await?;
    while let Some(batch) = result.next_batch().await? {
        // Integers are shared with the batch; decimals and datetimes are converted.
        let batch = batch.to_arrow()?;
        rows += batch.num_rows();
        pieces += sum(batch.column(0).as_primitive::<Int64Type>()).unwrap_or(0);
        cents += sum(batch.column(1).as_primitive::<Decimal128Type>()).unwrap_or(0);
        last = last.max(max(batch.column(2).as_primitive::<TimestampMicrosecondType>()));
    }
    println!("{rows} rows, {pieces} pieces, {}.{:02}", cents / 100, cents % 100);
    println!("the last sale was {} seconds after 1970", last.unwrap_or(0) / 1_000_000);
    Ok(())
}
