//! Looks up one row by its key on one connection. The second argument is the number of lookups.

use std::error::Error;

use wasmysql_bench_sqlx_programs::{argument, connect};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let times: i64 = argument(2);
    let mut conn = connect().await?;
    let mut sum = 0;
    for time in 0..times {
        let by_id = sqlx::query_as("SELECT id, name FROM point WHERE id = ?").bind(time % 1000 + 1);
        let (id, name): (i32, String) = by_id.fetch_one(&mut conn).await?;
        sum += i64::from(id) + name.len() as i64;
    }
    println!("{sum}");
    Ok(())
}
