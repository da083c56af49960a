//! `terminate` closes acquired connections: idle, in a transaction, and with a running statement.

use std::time::{Duration, Instant};

use futures::join;
use wasmysql::{AbortReason, Engine, ErrorKind, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let (mut idle, mut open, mut running) = (engine.acquire().await?, engine.acquire().await?, engine.acquire().await?);
    let mut tx = open.begin().await?;
    tx.execute("INSERT INTO cut VALUES (1)", ()).await?;

    let start = Instant::now();
    let clock = Engine::connect("main").await?;
    let (error, ()) = join!(async { running.execute("DO SLEEP(30)", ()).await.expect_err("terminated") }, async {
        clock.execute("DO SLEEP(0.2)", ()).await.expect("another engine is not affected");
        engine.terminate();
    });
    assert_eq!(error.kind(), &ErrorKind::PoolClosed);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(idle.ping().await.expect_err("terminated").kind(), &ErrorKind::PoolClosed);
    let error = tx.execute("DO 1", ()).await.expect_err("terminated");
    assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::ConnectionLost));
    drop(tx);
    assert!(idle.is_closed() && open.is_closed() && running.is_closed());
    assert_eq!(engine.acquire().await.expect_err("terminated").kind(), &ErrorKind::PoolClosed);
    clock.execute("DO 1", ()).await?;
    Ok(())
}
