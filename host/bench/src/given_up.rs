//! The first row of a million, and the rest given up: how long until the only connection of a pool answers its next taker.

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

/// The time from giving up to the answer is the side's own, which it says after the row's key. CPU time is of the whole.
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
