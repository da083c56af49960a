//! Concurrent statements, streams, deadlines and cancellation.

use std::time::Duration;

use futures::future::{Either, select};
use futures::{TryStreamExt, join};
use wasmysql::{Engine, ErrorKind, Result, Statement, Step};

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::options().max_connections(4).connect("main").await?;

    // The engine acquires a connection for each statement.
    let (one, two) = join!(
        engine.query_scalar::<u32>("SELECT 1 + SLEEP(0.1)", ()),
        engine.query_scalar::<u32>("SELECT 2 + SLEEP(0.1)", ()),
    );
    println!("{} and {}", one?, two?);

    // A result is a stream, with the adapters of crate `futures`.
    let mut conn = engine.acquire().await?;
    let sql = "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 1000) SELECT n FROM t";
    let numbers = conn.query_as::<u64>(sql, ()).await?;
    let sum = numbers.stream().try_fold(0, async |sum, n| Ok(sum + n)).await?;
    println!("the sum is {sum}");

    // A statement that exceeds its deadline is stopped at the server, and its connection is closed.
    let slow = Statement::new("SELECT SLEEP(60)").timeout(Duration::from_millis(50));
    let late = conn.execute(slow, ()).await;
    println!("too late: {}", late.is_err_and(|error| error.kind() == &ErrorKind::Timeout(Step::Execute)));
    println!("closed: {}", conn.is_closed());

    // The first statement to finish wins. The other future is dropped, so its statement is stopped
    // at the server.
    let (slow, quick) = (engine.query_scalar::<u8>("SELECT SLEEP(60)", ()), engine.query_scalar::<u8>("SELECT 7", ()));
    match select(Box::pin(slow), Box::pin(quick)).await {
        Either::Left(_) => println!("the slow one"),
        Either::Right((quick, _slow)) => println!("the quick one says {}", quick?),
    }
    println!("{} connections at most", engine.status().max_size.min(4));
    Ok(())
}
