//! Queues a hundred waiters for the only connection of a pool. The program holds the connection
//! until all waiters are queued. Each waiter then inserts its number.

use std::future::poll_fn;
use std::task::Poll;

use futures::future::{join, join_all};
use wasmysql::{Engine, Result};

const WAITERS: u32 = 100;

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let held = engine.acquire().await?;
    let waiters = (1..=WAITERS).map(async |number| -> Result<()> {
        let mut conn = engine.acquire().await?;
        conn.execute("INSERT INTO served (who) VALUES (?)", (number,)).await?;
        Ok(())
    });
    let release = async {
        while engine.status().waiting < WAITERS {
            yield_now().await;
        }
        drop(held);
    };
    let (served, ()) = join(join_all(waiters), release).await;
    served.into_iter().collect::<Result<Vec<_>>>()?;
    println!("served");
    Ok(())
}

/// Yields once to the other tasks.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
