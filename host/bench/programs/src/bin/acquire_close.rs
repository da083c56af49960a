//! Acquires and closes a connection repeatedly, without a statement. Prints the nanoseconds of one
//! repetition.

use std::time::Instant;

use wasmysql::{Engine, Result};

const TIMES: u32 = 50_000;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    engine.acquire().await?.close().await?;
    let began = Instant::now();
    for _ in 0..TIMES {
        engine.acquire().await?.close().await?;
    }
    println!("{}", (began.elapsed() / TIMES).as_nanos());
    Ok(())
}
