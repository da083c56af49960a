//! Inserts and updates of many rows per call.

use std::sync::Arc;

use mysql_async::prelude::Queryable;
use wasmtime::{Result, ensure};

use crate::bench::{Bench, FEW_ROUNDS};
use crate::measure::{Cost, Measured, Pair, alternating_costs, measured};
use crate::row::{Goal, Row};
use crate::server::Server;

const INSERT: &str = "INSERT INTO bulk (id, name, price) VALUES (?, ?, ?)";

/// The benchmarks: the name, the calls, the rows per call, and the goal.
const SIZES: [(&str, i32, i32, Option<f64>); 3] = [
    ("execute_many_1", 1_000, 1, None),
    ("execute_many_100", 200, 100, None),
    ("execute_many_100k", 1, 100_000, Some(0.95)),
];

const UPDATE: &str = "UPDATE bulk SET price = ? WHERE id = ?";

/// The rows of the updates, on both sides.
const UPDATED_ROWS: i32 = 10_000;

/// The rows that the native side inserts one by one, for the comparison with 100,000 rows per call.
const SINGLE_ROWS: i32 = 10_000;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    for (name, calls, rows, goal) in SIZES {
        if bench.wants(name) {
            let server = &bench.server;
            let native = async || inserted(server, calls * rows, batches(Arc::clone(server), calls, rows)).await;
            let pairs = pairs(bench, (calls, rows), native).await?;
            let row = Row::times(name, &pairs);
            bench.report.push(match goal {
                Some(least) => row.wall(Goal::AtLeast(least)),
                None => row,
            });
        }
    }
    if bench.wants("execute_many_100k_rows") {
        let server = &bench.server;
        let native = async || inserted(server, SINGLE_ROWS, singles(Arc::clone(server))).await;
        let row = Row::times("execute_many_100k_rows", &pairs(bench, (1, 100_000), native).await?);
        bench.report.push(row);
    }
    if bench.wants("execute_many_updates") {
        let row = Row::times("execute_many_updates", &updates(bench).await?);
        bench.report.push(row.wall(Goal::AtLeast(10.0)));
    }
    Ok(())
}

/// Measures the updates of all rows of the table: by one call of the guest, and by one native call
/// for each row.
async fn updates(bench: &Bench) -> Result<Vec<Pair>> {
    bench.server.table("bulk").await?;
    batches(Arc::clone(&bench.server), 1, UPDATED_ROWS).await?;
    let database = bench.server.database(1)?;
    // An UPDATE counts only rows that change, so no row may have the price already.
    let unused = |round: usize| UPDATED_ROWS.unsigned_abs() as usize + 2 * round;
    let native = async |round| {
        let price = unused(round);
        updated(&bench.server, price, update_singles(Arc::clone(&bench.server), price)).await
    };
    let guest = async |round| {
        let price = unused(round) + 1;
        let guest = bench.host.guest("updates", &database).arg(UPDATED_ROWS).arg(price);
        updated(&bench.server, price, guest.printed()).await
    };
    let pairs = alternating_costs(FEW_ROUNDS, native, guest).await?;
    bench.server.native.lock().await.query_drop("TRUNCATE TABLE bulk").await?;
    Ok(pairs)
}

/// Measures work that sets the price of all rows, and checks the rows.
async fn updated(
    server: &Server,
    price: usize,
    work: impl Future<Output = Result<String>> + Send + 'static,
) -> Result<Cost> {
    let Measured { cost, result } = measured(UPDATED_ROWS.unsigned_abs(), work).await?;
    ensure!(result == UPDATED_ROWS.to_string(), "{result} rows were updated instead of {UPDATED_ROWS}");
    let mut conn = server.native.lock().await;
    let found: Option<i64> = conn.exec_first("SELECT COUNT(*) FROM bulk WHERE price = ?", (price,)).await?;
    ensure!(found == Some(UPDATED_ROWS.into()), "the updated rows are wrong: {found:?}");
    Ok(cost)
}

async fn update_singles(server: Arc<Server>, price: usize) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut updated = 0;
    for id in 0..UPDATED_ROWS {
        conn.exec_drop(UPDATE, (price, id)).await?;
        updated += conn.affected_rows();
    }
    Ok(updated.to_string())
}

/// Measures both sides in turn, which may insert different numbers of rows. The costs are those of
/// one row.
async fn pairs(
    bench: &Bench,
    (calls, rows): (i32, i32),
    mut native: impl AsyncFnMut() -> Result<Cost>,
) -> Result<Vec<Pair>> {
    bench.server.table("bulk").await?;
    let database = bench.server.database(1)?;
    let guest = async |_| {
        let guest = bench.host.guest("inserts", &database).arg(calls).arg(rows);
        inserted(&bench.server, calls * rows, guest.printed()).await
    };
    alternating_costs(FEW_ROUNDS, async |_| native().await, guest).await
}

/// Measures work that inserts this number of rows into the empty table, checks the rows, and
/// empties the table.
async fn inserted(
    server: &Server,
    rows: i32,
    work: impl Future<Output = Result<String>> + Send + 'static,
) -> Result<Cost> {
    let Measured { cost, result } = measured(rows.unsigned_abs(), work).await?;
    ensure!(result == rows.to_string(), "{result} rows were inserted instead of {rows}");
    let mut conn = server.native.lock().await;
    let found: Option<(i64, i64, f64, i64)> =
        conn.query_first("SELECT COUNT(*), SUM(id), SUM(price), SUM(name = CONCAT('item ', id)) FROM bulk").await?;
    let (count, sum) = (i64::from(rows), i64::from(rows) * (i64::from(rows) - 1) / 2);
    ensure!(found == Some((count, sum, sum as f64 / 4.0, count)), "the inserted rows are wrong: {found:?}");
    conn.query_drop("TRUNCATE TABLE bulk").await?;
    Ok(cost)
}

async fn batches(server: Arc<Server>, calls: i32, rows: i32) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut inserted = 0;
    for call in 0..calls {
        conn.exec_batch(INSERT, (call * rows..(call + 1) * rows).map(row)).await?;
        inserted += rows;
    }
    Ok(inserted.to_string())
}

async fn singles(server: Arc<Server>) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut inserted = 0;
    for id in 0..SINGLE_ROWS {
        conn.exec_drop(INSERT, row(id)).await?;
        inserted += conn.affected_rows();
    }
    Ok(inserted.to_string())
}

fn row(id: i32) -> (i32, String, f64) {
    (id, format!("item {id}"), f64::from(id) / 4.0)
}
