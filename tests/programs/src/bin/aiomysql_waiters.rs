//! A waiter gets a connection or an error, however the connection becomes free.
//!
//! The program makes two calls at a time, so it runs only with the async API.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use futures::join;
use wasmysql::{AbortReason, Engine, ErrorKind, Result, TransactionState};
use wasmysql_test_programs::{Server, refused, rule};

const CLOSED: &str = "Cannot acquire connection after closing pool";

#[wasmysql::main]
async fn main() -> Result<()> {
    let main = &Engine::connect("main").await?;
    let one = &Engine::connect("one").await?;
    main.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
    rule("a connection closed in a transaction goes to the next waiter", closed_in_a_transaction(one).await);
    rule("a lost connection is replaced for the next waiter", lost(main, one).await);
    rule("a cancelled waiter leaves the queue", gives_up(one).await);
    rule("a cancelled call closes its connection, and the next acquire gets another", cancelled(main, one).await);
    rule("closing an engine fails its waiters and waits for acquired connections", closing(one).await);
    rule("terminate wakes the waiters of acquire and of close", terminating().await);
    assert_eq!(main.query_scalar::<u32>("SELECT COUNT(*) FROM t", ()).await?, 0);
    Ok(())
}

async fn closed_in_a_transaction(one: &Engine) -> Result<()> {
    for close in [true, false] {
        let mut conn = one.acquire().await?;
        let (next, ended) = join!(one.acquire(), async {
            let mut tx = conn.begin().await?;
            tx.execute("INSERT INTO t VALUES (1)", ()).await?;
            drop(tx);
            if close {
                conn.close().await?;
            } else {
                drop(conn);
            }
            Ok::<_, wasmysql::Error>(())
        });
        ended?;
        let mut next = next?;
        if let Some(in_transaction) = Server::of(&one.info()).in_transaction() {
            assert_eq!(next.query_scalar::<u32>(in_transaction, ()).await?, 0);
        }
        assert_eq!(next.query_scalar::<u32>("SELECT COUNT(*) FROM t", ()).await?, 0);
    }
    Ok(())
}

async fn lost(main: &Engine, one: &Engine) -> Result<()> {
    let mut conn = one.acquire().await?;
    let id: u64 = conn.query_scalar("SELECT CONNECTION_ID()", ()).await?;
    let mut tx = conn.begin().await?;
    tx.execute("INSERT INTO t VALUES (1)", ()).await?;
    let (next, lost, killed) =
        join!(one.acquire(), tx.execute("DO SLEEP(30)", ()), main.execute(format!("KILL {id}"), ()));
    killed?;
    refused(lost, ErrorKind::ConnectionLost, "");
    assert_ne!(next?.query_scalar::<u64>("SELECT CONNECTION_ID()", ()).await?, id);
    Ok(())
}

async fn gives_up(one: &Engine) -> Result<()> {
    let conn = one.acquire().await?;
    let (mut first, second) = (Box::pin(one.acquire()), one.acquire());
    assert!(futures::poll!(&mut first).is_pending());
    let (second, ended) = join!(second, async {
        drop(first);
        conn.close().await
    });
    ended?;
    second?.ping().await
}

async fn cancelled(main: &Engine, one: &Engine) -> Result<()> {
    let mut conn = one.acquire().await?;
    let mut tx = conn.begin().await?;
    tx.execute("INSERT INTO t VALUES (1)", ()).await?;
    {
        let slow = pin!(tx.execute("DO SLEEP(30)", ()));
        let clock = pin!(main.execute("DO SLEEP(0.1)", ()));
        assert!(matches!(select(slow, clock).await, Either::Right((Ok(_), _))), "the timer ends first");
    }
    assert_eq!(tx.transaction_state(), TransactionState::RolledBack);
    let lost = ErrorKind::TransactionAborted(AbortReason::ConnectionLost);
    refused(tx.commit().await, lost, "the transaction's connection is closed");
    refused(
        conn.execute("DO 1", ()).await,
        ErrorKind::ResourceClosed,
        "This connection is closed: a call on it was cancelled",
    );
    // The handle of the closed connection still exists.
    one.acquire().await?.close().await?;
    conn.close().await
}

async fn closing(one: &Engine) -> Result<()> {
    let engine = Engine::connect("one").await?;
    let mut conn = engine.acquire().await?;
    let (waited, closed, worked) = join!(engine.acquire(), engine.close(), async {
        refused(engine.acquire().await, ErrorKind::PoolClosed, CLOSED);
        conn.execute("DO 1", ()).await?;
        conn.close().await
    });
    refused(waited, ErrorKind::PoolClosed, CLOSED);
    closed?;
    worked?;
    one.acquire().await?.close().await
}

async fn terminating() -> Result<()> {
    let engine = Engine::connect("one").await?;
    let start = Instant::now();
    let mut leaked = engine.acquire().await?;
    let (waited, closed, ()) = join!(engine.acquire(), engine.close(), async { engine.terminate() });
    refused(waited, ErrorKind::PoolClosed, CLOSED);
    closed?;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(leaked.is_closed());
    refused(leaked.execute("DO 1", ()).await, ErrorKind::PoolClosed, "");
    Ok(())
}
