//! Drops calls right after their first poll. The argument selects the calls: `connects` drops
//! acquires while they connect, `parameters` keeps calls with large parameters waiting for a
//! connection.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use wasmysql::{Engine, ErrorKind, Limit, Result, Value};

#[wasmysql::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("connects") => connects().await,
        Some("parameters") => parameters().await,
        argument => panic!("unknown argument {argument:?}"),
    }
}

async fn connects() -> Result<()> {
    let engine = Engine::connect("main").await?;
    // The pool has no idle connection left.
    let held = engine.acquire().await?;
    for _ in 0..50 {
        let acquire = pin!(engine.acquire());
        assert!(poll_once(acquire).await.is_none(), "the connection was established at once");
    }
    let other = engine.acquire().await?;
    other.close().await?;
    held.close().await
}

async fn parameters() -> Result<()> {
    let engine = Engine::options().max_connections(1).connect("main").await?;
    let held = engine.acquire().await?;
    let mut waiting = Vec::new();
    let error = loop {
        let mut call =
            Box::pin(engine.execute("SELECT LENGTH(?), LENGTH(?)", vec![Value::Bytes(vec![7; 4_000_000]); 2]));
        match poll_once(call.as_mut()).await {
            None => waiting.push(call),
            Some(result) => break result.map(drop).expect_err("too many bytes"),
        }
    };
    assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::ParameterBytes), "{error}");
    println!("{} calls wait", waiting.len());
    drop(waiting);
    held.close().await?;
    engine.execute("SELECT LENGTH(?)", (vec![7_u8; 4 << 20],)).await.map(drop)
}

async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| match pin!(&mut future).poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
