//! Statements on four connections of one engine run concurrently.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let start = Instant::now();
    try_join_all((0..4).map(|_| engine.execute("DO SLEEP(0.3)", ()))).await?;
    let took = start.elapsed();
    // In sequence they would take 1.2 s.
    assert!((Duration::from_millis(300)..Duration::from_millis(900)).contains(&took), "{took:?}");
    Ok(())
}
