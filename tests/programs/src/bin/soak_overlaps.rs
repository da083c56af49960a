//! Runs four queries of one engine at once, awaits the first two results, and drops the other
//! queries. Runs four rounds.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    for _ in 0..4 {
        match overlap().await {
            Ok(()) => println!("done"),
            Err(error) => println!(
                "error {}",
                error.code().map_or(format!("{:?}", error.kind()), |code| format!("Server({code})"))
            ),
        }
    }
    Ok(())
}

async fn overlap() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut all: FuturesUnordered<_> = (0..4).map(|id| query(&engine, id)).collect();
    for _ in 0..2 {
        all.next().await.expect("one of four results")?;
    }
    Ok(())
}

async fn query(engine: &Engine, id: u64) -> Result<()> {
    let found: u64 = engine.query_scalar("SELECT id FROM points WHERE id = ?", (id,)).await?;
    assert_eq!(found, id, "the result of another query");
    Ok(())
}
