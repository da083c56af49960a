//! Pings the server: a round trip without data. The first argument is the number of pings.

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
