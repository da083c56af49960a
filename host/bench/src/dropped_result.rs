//! A result that is dropped after its first of a million rows.
//!
//! Measures the time until the only connection of the pool answers a ping of the next user.

use mysql_async::prelude::Queryable;
use mysql_async::{Pool, Row as NativeRow};
use std::time::Instant;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::bench::{Bench, ROUNDS};
use crate::measure::{Measured, alternating, measured};
use crate::row::{Goal, Row};
use crate::scans::SCAN;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants("fetch_one_of_many") {
        return Ok(());
    }
    bench.server.table("scan").await?;
    let database = bench.server.database(1)?;
    let pool = bench.server.pool(1, true)?;
    let native = async || by_its_clock(measured(1, natively(pool.clone())).await?);
    let guest = async || by_its_clock(measured(1, bench.host.guest("first_of_many", &database).printed()).await?);
    let row = Row::beside("fetch_one_of_many", &alternating(ROUNDS, native, guest).await?);
    bench.report.push(row.wall(Goal::AtMost(100_000.0)));
    pool.disconnect().await?;
    Ok(())
}

/// Replaces the wall time by the time that the side measured and printed after the row's key.
///
/// That time is from the drop to the answer. The CPU time is that of the whole work.
fn by_its_clock(mut measured: Measured) -> Result<Measured> {
    let (key, us) = measured.result.split_once(' ').context("a key and microseconds")?;
    measured.cost.wall = us.parse()?;
    measured.result = key.to_owned();
    Ok(measured)
}

async fn natively(pool: Pool) -> Result<String> {
    let mut conn = pool.get_conn().await?;
    let mut rows = conn.exec_iter(SCAN, ()).await?;
    let first: NativeRow = rows.next().await?.context("a row")?;
    let began = Instant::now();
    drop(rows);
    drop(conn);
    pool.get_conn().await?.ping().await?;
    let us = began.elapsed().as_secs_f64() * 1e6;
    let key: i64 = first.get(0).context("a key")?;
    Ok(format!("{key} {us}"))
}
