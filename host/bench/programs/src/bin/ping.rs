//! Asks the server for a sign of life, as often as the first argument says: a way to the server and back that carries nothing.

use wasmysql::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let times: u32 = argument(1);
    for _ in 0..times {
        conn.ping().await?;
    }
    println!("{times}");
    Ok(())
}
