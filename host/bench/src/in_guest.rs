//! A guest that brings sqlx, compiled into it, and has the network, beside one of ours. What the report calls native is the one with
//! sqlx.

use wasmtime::Result;

use crate::bench::{Bench, FEW_ROUNDS};
use crate::guest::Guest;
use crate::measure::{Pair, alternating, measured};
use crate::row::{Goal, Row};

const POINTS: u32 = 3_000;
const ROWS: u32 = 200_000;
/// New instances, one after the other, each of which reads a row.
const INSTANCES: u32 = 50;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("in_guest_point") {
        let row = Row::ratio("in_guest_point", &pairs(bench, "point", "sqlx_point", POINTS).await?);
        bench.report.push(row.wall(Goal::AtMost(1.0)));
    }
    if bench.wants("in_guest_scan") {
        let row = Row::ratio("in_guest_scan", &pairs(bench, "typed_scan", "sqlx_scan", ROWS).await?);
        bench.report.push(row.wall(Goal::AtMost(1.0)));
    }
    if bench.wants("in_guest_first_query") {
        let row = Row::times("in_guest_first_query", &first_queries(bench).await?);
        bench.report.push(row.wall(Goal::AtLeast(1.5)));
    }
    if bench.wants("in_guest_size") {
        let (ours, theirs) = (bench.host.size("first")?, bench.host.size("sqlx_first")?);
        eprintln!("  the smallest program has {ours} bytes, and with sqlx {theirs}");
        let row = Row::factor("in_guest_size", theirs as f64 / ours as f64);
        bench.report.push(row.wall(Goal::AtLeast(4.0)));
    }
    Ok(())
}

/// Both programs, each doing so many pieces of work. That of sqlx connects before, once a round.
async fn pairs(bench: &Bench, ours: &'static str, theirs: &'static str, pieces: u32) -> Result<Vec<Pair>> {
    for table in ["point", "scan"] {
        bench.server.table(table).await?;
    }
    let database = bench.server.database(1)?;
    let theirs = bench.host.networked(theirs).arg(bench.server.url()).arg(pieces);
    let ours = bench.host.guest(ours, &database).arg(pieces);
    let theirs = async || measured(pieces, theirs.clone().printed()).await;
    let ours = async || measured(pieces, ours.clone().printed()).await;
    alternating(FEW_ROUNDS, theirs, ours).await
}

/// From making an instance to the first row: the host has a connection ready, and sqlx has to connect.
async fn first_queries(bench: &Bench) -> Result<Vec<Pair>> {
    bench.server.table("point").await?;
    // Two, so that nobody waits until the session of the instance before is reset: a pool has more than one connection.
    let database = bench.server.database(2)?;
    let theirs = bench.host.networked("sqlx_first").arg(bench.server.url());
    let ours = bench.host.guest("first", &database);
    let theirs = async || measured(INSTANCES, again(theirs.clone())).await;
    let ours = async || measured(INSTANCES, again(ours.clone())).await;
    alternating(FEW_ROUNDS, theirs, ours).await
}

async fn again(guest: Guest) -> Result<String> {
    let mut printed = String::new();
    for _ in 0..INSTANCES {
        printed = guest.clone().printed().await?;
    }
    Ok(printed)
}
