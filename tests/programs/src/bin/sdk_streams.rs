//! Results can be read as streams and as iterators.

use futures::{StreamExt, TryStreamExt};
use wasmysql::{Connection, Engine, ErrorKind, Result, blocking};

const NUMBERS: &str = "SELECT CAST(seq AS INT) AS n FROM seq_1_to_30000";
/// The last row, several batches after the first, does not fit a `u16`.
const TOO_LARGE: &str = "SELECT CAST(IF(seq = 30000, 70000, seq) AS INT) AS n FROM seq_1_to_30000";
/// The statement fails at its last row, several batches after the first.
const FAILING: &str = "SELECT IF(seq < 30000, seq, (SELECT 1 UNION SELECT 2)) AS n FROM seq_1_to_30000";

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    streams(&mut conn).await?;
    conn.close().await?;
    iterators(&mut blocking::Engine::connect("main")?.acquire()?)
}

async fn streams(conn: &mut Connection) -> Result<()> {
    let rows = conn.query(NUMBERS, ()).await?.stream();
    let sum = rows.try_fold(0, async |sum, row| Ok(sum + row.get::<u64>(0)?)).await?;
    assert_eq!(sum, 30_000 * 30_001 / 2);

    let even =
        conn.query_as::<u32>(NUMBERS, ()).await?.stream().try_filter(|n| std::future::ready(n.is_multiple_of(2)));
    assert_eq!(even.try_collect::<Vec<_>>().await?.len(), 15_000);

    let mut numbers = conn.query_as::<u16>(TOO_LARGE, ()).await?.stream();
    let read = numbers.by_ref().take_while(|n| std::future::ready(n.is_ok())).count().await;
    assert_eq!(read, 29_999);
    assert!(numbers.next().await.is_none() && numbers.next().await.is_none(), "the end is returned again");
    drop(numbers);

    let results: Vec<_> = conn.query(FAILING, ()).await?.stream().collect().await;
    let last = results.last().expect("results");
    assert!(last.as_ref().is_err_and(|error| error.code() == Some(1242)), "{last:?}");
    assert!(results[..results.len() - 1].iter().all(Result::is_ok), "nothing follows an error");
    conn.ping().await
}

fn iterators(conn: &mut blocking::Connection) -> Result<()> {
    let sum: Result<u64> = conn.query_as::<u64>(NUMBERS, ())?.into_iter().sum();
    assert_eq!(sum?, 30_000 * 30_001 / 2);
    let mut count = 0;
    for row in conn.query(NUMBERS, ())? {
        count += 1;
        assert_eq!(row?.get::<u32>("n")?, count);
    }
    assert_eq!(count, 30_000);
    let misfits = conn.query_as::<u16>(TOO_LARGE, ())?.into_iter().filter_map(Result::err);
    assert!(misfits.map(|error| error.kind().clone()).eq([ErrorKind::Decode]));
    let mut results = conn.query(FAILING, ())?.into_iter();
    assert_eq!(results.by_ref().find_map(Result::err).and_then(|error| error.code()), Some(1242));
    assert!(results.next().is_none());
    drop(results);
    conn.ping()
}
