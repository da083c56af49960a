//! Starts tasks that each run a long computation at the server, and drops all of them after 50 ms.
//!
//! The arguments are the number of tasks and the number of rounds. A connection to another database
//! serves as the timer.

use std::pin::pin;

use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let arguments: Vec<u32> = std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
    let [tasks, rounds] = arguments[..] else { panic!("expected the number of tasks and of rounds") };
    let (engine, clock) = (Engine::connect("main").await?, Engine::connect("clock").await?);
    for _ in 0..rounds {
        let computes = async || engine.query_scalar::<i32>("SELECT BENCHMARK(100000000, SHA2(1, 256))", ()).await;
        let mut all: FuturesUnordered<_> = (0..tasks).map(|_| computes()).collect();
        let timer = pin!(clock.query_scalar::<i32>("SELECT SLEEP(0.05)", ()));
        match select(all.next(), timer).await {
            Either::Left((ended, _)) => panic!("a statement ended: {ended:?}"),
            Either::Right((slept, _)) => assert_eq!(slept, Ok(0)),
        }
    }
    println!("abandoned");
    // The program can acquire a connection again afterwards.
    engine.query_scalar::<i32>("SELECT 1", ()).await.map(drop)
}
