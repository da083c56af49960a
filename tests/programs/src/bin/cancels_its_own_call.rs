//! Dropping the future of a call cancels it at the server and closes its session. Other sessions
//! are not affected.

use futures::future::{Either, select};
use std::pin::pin;
use wasmysql::{Engine, ErrorKind, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    {
        let slow = pin!(conn.execute("DO SLEEP(30)", ()));
        // The server's SLEEP is the only timer that the guest can await.
        let timer = pin!(engine.execute("DO SLEEP(0.2)", ()));
        match select(slow, timer).await {
            Either::Left((result, _)) => panic!("{result:?}"),
            Either::Right((result, _)) => result?,
        };
    }
    let error = conn.execute("DO 1", ()).await.expect_err("a closed connection");
    assert_eq!(error.kind(), &ErrorKind::ResourceClosed);
    assert!(conn.is_closed());
    engine.execute("DO 1", ()).await?;
    println!("cancelled");
    Ok(())
}
