//! Calls host functions that do nothing: a plain function, and an async function that never waits.
//!
//! Prints the nanoseconds of one call of each.

use std::time::Instant;

use wasmysql::{Engine, Result};

const CALLS: u32 = 200_000;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let began = Instant::now();
    for _ in 0..CALLS {
        assert!(!conn.is_closed());
    }
    let plain = began.elapsed() / CALLS;
    let began = Instant::now();
    for _ in 0..CALLS {
        assert!(conn.warnings().await?.is_empty());
    }
    let asynchronous = began.elapsed() / CALLS;
    println!("{} {}", plain.as_nanos(), asynchronous.as_nanos());
    Ok(())
}
