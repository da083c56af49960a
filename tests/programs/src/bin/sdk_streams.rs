//! Results can be read as streams and as iterators.

use futures::{StreamExt, TryStreamExt};
use wasmysql::{Connection, Engine, ErrorKind, Result, blocking};
use wasmysql_test_programs::series;

fn numbers() -> String {
    format!("SELECT CAST(seq AS SIGNED) AS n FROM {} AS series ORDER BY seq", series(30_000))
}

/// The last row, several batches after the first, does not fit a `u16`.
fn too_large() -> String {
    let number = "CAST(IF(seq = 30000, 70000, seq) AS SIGNED)";
    format!("SELECT {number} AS n FROM {} AS series ORDER BY seq", series(30_000))
}

/// The statement fails at its last row, several batches after the first.
fn failing() -> String {
    format!("SELECT seq AS n FROM {} AS series UNION ALL SELECT (SELECT 1 UNION SELECT 2)", series(29_999))
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    streams(&mut conn).await?;
    conn.close().await?;
    iterators(&mut blocking::Engine::connect("main")?.acquire()?)
}

async fn streams(conn: &mut Connection) -> Result<()> {
    let rows = conn.query(numbers(), ()).await?.stream();
    let sum = rows.try_fold(0, async |sum, row| Ok(sum + row.get::<u64>(0)?)).await?;
    assert_eq!(sum, 30_000 * 30_001 / 2);

    let even =
        conn.query_as::<u32>(numbers(), ()).await?.stream().try_filter(|n| std::future::ready(n.is_multiple_of(2)));
    assert_eq!(even.try_collect::<Vec<_>>().await?.len(), 15_000);

    let mut misfits = conn.query_as::<u16>(too_large(), ()).await?.stream();
    let read = misfits.by_ref().take_while(|n| std::future::ready(n.is_ok())).count().await;
    assert_eq!(read, 29_999);
    assert!(misfits.next().await.is_none() && misfits.next().await.is_none(), "the end is returned again");
    drop(misfits);

    let results: Vec<_> = conn.query(failing(), ()).await?.stream().collect().await;
    let last = results.last().expect("results");
    assert!(last.as_ref().is_err_and(|error| error.code() == Some(1242)), "{last:?}");
    assert!(results[..results.len() - 1].iter().all(Result::is_ok), "nothing follows an error");
    conn.ping().await
}

fn iterators(conn: &mut blocking::Connection) -> Result<()> {
    let sum: Result<u64> = conn.query_as::<u64>(numbers(), ())?.into_iter().sum();
    assert_eq!(sum?, 30_000 * 30_001 / 2);
    let mut count = 0;
    for row in conn.query(numbers(), ())? {
        count += 1;
        assert_eq!(row?.get::<u32>("n")?, count);
    }
    assert_eq!(count, 30_000);
    let misfits = conn.query_as::<u16>(too_large(), ())?.into_iter().filter_map(Result::err);
    assert!(misfits.map(|error| error.kind().clone()).eq([ErrorKind::Decode]));
    let mut results = conn.query(failing(), ())?.into_iter();
    assert_eq!(results.by_ref().find_map(Result::err).and_then(|error| error.code()), Some(1242));
    assert!(results.next().is_none());
    drop(results);
    conn.ping()
}
