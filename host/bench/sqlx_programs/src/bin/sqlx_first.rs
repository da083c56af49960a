//! Connects and looks up one row.

use std::error::Error;

use wasmysql_bench_sqlx_programs::connect;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut conn = connect().await?;
    let by_id = sqlx::query_as("SELECT id, name FROM point WHERE id = ?").bind(1);
    let (id, name): (i32, String) = by_id.fetch_one(&mut conn).await?;
    println!("{id} {name}");
    Ok(())
}
