//! A guest with sqlx compiled into it and network access, compared with a guest of this host.
//!
//! In the report, native is the guest with sqlx.

use wasmtime::Result;

use crate::bench::{Bench, FEW_ROUNDS};
use crate::guest::Guest;
use crate::measure::{Pair, alternating, measured};
use crate::row::{Goal, Row};

const POINTS: u32 = 3_000;
const ROWS: u32 = 200_000;
/// The new instances, one after the other. Each instance reads a row.
const INSTANCES: u32 = 50;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("in_guest_point") {
        let row = Row::ratio("in_guest_point", &pairs(bench, "point", "sqlx_point", POINTS).await?);
        bench.report.push(row.wall(Goal::AtMost(1.0)));
    }
    if bench.wants("in_guest_blocking_point") {
        let pairs = pairs(bench, "blocking_point", "sqlx_point", POINTS).await?;
        bench.report.push(Row::ratio("in_guest_blocking_point", &pairs).wall(Goal::AtMost(0.85)));
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
        eprintln!("  size of the smallest program: {ours} bytes, with sqlx {theirs} bytes");
        let row = Row::factor("in_guest_size", theirs as f64 / ours as f64);
        bench.report.push(row.wall(Goal::AtLeast(4.0)));
    }
    Ok(())
}

/// Measures both programs with this number of pieces of work. The program with sqlx also connects
/// once per round.
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

/// Measures the time from creating an instance to the first row. The host has an idle connection;
/// sqlx has to connect.
async fn first_queries(bench: &Bench) -> Result<Vec<Pair>> {
    bench.server.table("point").await?;
    // With two connections, no instance waits for the reset of the previous instance's session.
    let database = bench.server.database(2)?;
    let theirs = bench.host.networked("sqlx_first").arg(bench.server.url());
    let ours = bench.host.guest("first", &database);
    let theirs = async || measured(INSTANCES, repeated(theirs.clone())).await;
    let ours = async || measured(INSTANCES, repeated(ours.clone())).await;
    alternating(FEW_ROUNDS, theirs, ours).await
}

async fn repeated(guest: Guest) -> Result<String> {
    let mut printed = String::new();
    for _ in 0..INSTANCES {
        printed = guest.clone().printed().await?;
    }
    Ok(printed)
}
