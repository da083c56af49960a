//! So many tasks run a statement that computes for long, and are dropped at once after a while; and the same again, as often as the
//! arguments say. The time is told by another database.

use std::pin::pin;

use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let arguments: Vec<u32> = std::env::args().skip(1).map(|argument| argument.parse().expect("a number")).collect();
    let [tasks, rounds] = arguments[..] else { panic!("how many tasks, and how often") };
    let (engine, clock) = (Engine::connect("main").await?, Engine::connect("clock").await?);
    for _ in 0..rounds {
        let computes = async || engine.query_scalar::<i32>("SELECT BENCHMARK(100000000, MD5(1))", ()).await;
        let mut all: FuturesUnordered<_> = (0..tasks).map(|_| computes()).collect();
        let timer = pin!(clock.query_scalar::<i32>("SELECT SLEEP(0.05)", ()));
        match select(all.next(), timer).await {
            Either::Left((ended, _)) => panic!("one has ended: {ended:?}"),
            Either::Right((slept, _)) => assert_eq!(slept, Ok(0)),
        }
    }
    println!("abandoned");
    // In the end it has its connections again.
    engine.query_scalar::<i32>("SELECT 1", ()).await.map(drop)
}
