//! Runs eight long computations of one engine at the server, and drops all of them after 100 ms.
//! Runs four rounds.

use std::pin::pin;

use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use wasmysql::{Engine, Error, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    for _ in 0..4 {
        match abandon().await {
            Ok(()) => println!("done"),
            Err(error) => println!("error {}", name(&error)),
        }
    }
    Ok(())
}

async fn abandon() -> Result<()> {
    let (engine, clock) = (Engine::connect("main").await?, Engine::connect("other").await?);
    let computes = async || engine.query_scalar::<i32>("SELECT BENCHMARK(100000000, SHA2(1, 256))", ()).await;
    let mut all: FuturesUnordered<_> = (0..8).map(|_| computes()).collect();
    let timer = pin!(clock.query_scalar::<i32>("SELECT SLEEP(0.1)", ()));
    match select(all.next(), timer).await {
        // The server killed it, or it could not acquire a connection.
        Either::Left((ended, _)) => ended.expect("one of eight results").map(drop),
        Either::Right((slept, _)) => slept.map(drop),
    }
}

fn name(error: &Error) -> String {
    error.code().map_or(format!("{:?}", error.kind()), |code| format!("Server({code})"))
}
