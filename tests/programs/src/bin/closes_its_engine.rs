//! `close` refuses further acquire calls, and waits until all connections are released.

use std::time::{Duration, Instant};

use futures::join;
use wasmysql::{Engine, ErrorKind, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let start = Instant::now();
    let closing = async {
        engine.close().await.expect("close");
        start.elapsed()
    };
    let working = async {
        conn.execute("DO SLEEP(0.2)", ()).await.expect("an acquired connection still works");
        let error = engine.acquire().await.expect_err("a closing engine");
        assert_eq!(error.kind(), &ErrorKind::PoolClosed);
        conn.execute("DO 1", ()).await.expect("an acquired connection still works");
        drop(conn);
    };
    let (took, ()) = join!(closing, working);
    assert!((Duration::from_millis(200)..Duration::from_secs(2)).contains(&took), "{took:?}");
    assert_eq!(engine.acquire().await.expect_err("a closed engine").kind(), &ErrorKind::PoolClosed);
    engine.close().await?;

    Engine::connect("main").await?.execute("DO 1", ()).await?;
    Ok(())
}
