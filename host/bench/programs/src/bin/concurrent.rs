//! Looks up rows by their keys in concurrent tasks. Each task has its own connection.
//!
//! The first argument is the number of tasks, the second the number of lookups in each task.

use futures::future::try_join_all;
use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let (tasks, points): (usize, i64) = (argument(1), argument(2));
    let engine = Engine::connect("main").await?;
    let sums = try_join_all((0..tasks).map(|_| task(&engine, points))).await?;
    println!("{}", sums.iter().sum::<i64>());
    Ok(())
}

async fn task(engine: &Engine, points: i64) -> Result<i64> {
    let mut conn = engine.acquire().await?;
    let mut sum = 0;
    for point in 0..points {
        let row = conn.query_one("SELECT id, name FROM point WHERE id = ?", (point % 1000 + 1,)).await?;
        sum += row.get::<i64>(0)? + row.get::<&str>(1)?.len() as i64;
    }
    Ok(sum)
}
