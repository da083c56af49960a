//! Dropping the future of a call cancels it at the server and costs the session, and nothing else.

use futures::future::{Either, select};
use std::pin::pin;
use wasmysql::{Engine, ErrorKind, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    {
        let slow = pin!(conn.execute("DO SLEEP(30)", ()));
        // There is no clock to wait for but the server's.
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
