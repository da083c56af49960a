//! Concurrent instances and tasks with fewer connections than users.

use futures::future::try_join_all;
use mysql_async::Pool;
use mysql_async::prelude::Queryable;
use tokio::task::JoinSet;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::bench::{Bench, FEW_ROUNDS, ROUNDS};
use crate::guest::Guest;
use crate::measure::{alternating, measured};
use crate::points::POINT;
use crate::row::{Goal, Row};

const CONNECTIONS: usize = 8;
const INSTANCES: u32 = 64;
/// The lookups of each of the eight tasks in one instance.
const CONCURRENT_POINTS: u32 = 500;

/// A benchmark with 64 instances.
struct Crowd {
    name: &'static str,
    program: &'static str,
    /// The acquires of each instance.
    acquires: u32,
    /// The lookups on each connection.
    points: u32,
    /// Whether the native pool resets a session before it is acquired again.
    ///
    /// This host always resets sessions, and a native pool does so by default. Without resets the
    /// native pool saves their cost and keeps its prepared statements.
    reset: bool,
    goal: Option<Goal>,
}

const CROWDS: [Crowd; 3] = [
    Crowd {
        name: "instances_64",
        program: "acquires",
        acquires: 10,
        points: 25,
        reset: true,
        goal: Some(Goal::AtLeast(0.7)),
    },
    Crowd { name: "instances_64_unreset", program: "acquires", acquires: 10, points: 25, reset: false, goal: None },
    Crowd {
        name: "instances_64_per_query",
        program: "acquires_per_query",
        acquires: 100,
        points: 1,
        reset: true,
        goal: None,
    },
];

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    for crowd in CROWDS {
        if bench.wants(crowd.name) {
            let row = crowded(bench, &crowd).await?;
            bench.report.push(match crowd.goal {
                Some(goal) => row.wall(goal),
                None => row,
            });
        }
    }
    if bench.wants("concurrent_8") {
        bench.server.table("point").await?;
        let row = concurrent(bench).await?;
        bench.report.push(row.wall(Goal::AtLeast(0.7)));
    }
    if bench.wants("acquire_close") {
        let row = acquire_close(bench).await?;
        bench.report.push(row.wall(Goal::AtMost(3.0)));
    }
    Ok(())
}

async fn crowded(bench: &Bench, &Crowd { name, program, acquires, points, reset, .. }: &Crowd) -> Result<Row> {
    bench.server.table("point").await?;
    let database = bench.server.database(CONNECTIONS)?;
    let pool = bench.server.pool(CONNECTIONS, reset)?;
    // `acquires_per_query` ignores the second argument.
    let guest = bench.host.guest(program, &database).arg(acquires).arg(points);
    let pieces = INSTANCES * acquires * points;
    let natives = async || measured(pieces, natives(pool.clone(), INSTANCES, acquires, points)).await;
    let guests = async || measured(pieces, guests(guest.clone(), INSTANCES)).await;
    let row = Row::times(name, &alternating(FEW_ROUNDS, natives, guests).await?);
    pool.disconnect().await?;
    Ok(row)
}

/// Runs this number of instances of a guest at once, each on its own task, and returns the sum of
/// their outputs.
pub(crate) async fn guests(guest: Guest, instances: u32) -> Result<String> {
    let mut running: JoinSet<Result<String>> = (0..instances).map(|_| guest.clone().printed()).collect();
    let mut sum = 0;
    while let Some(ended) = running.join_next().await {
        sum += ended??.parse::<i64>()?;
    }
    Ok(sum.to_string())
}

/// Does the same work as the program `acquires`, natively, with a task for each instance.
pub(crate) async fn natives(pool: Pool, tasks: u32, acquires: u32, points: u32) -> Result<String> {
    let mut running: JoinSet<Result<i64>> = (0..tasks).map(|_| native(pool.clone(), acquires, points)).collect();
    let mut sum = 0;
    while let Some(ended) = running.join_next().await {
        sum += ended??;
    }
    Ok(sum.to_string())
}

async fn native(pool: Pool, acquires: u32, points: u32) -> Result<i64> {
    let mut sum = 0;
    for acquire in 0..acquires {
        let mut conn = pool.get_conn().await?;
        for point in 0..points {
            // The keys are those of the programs: `acquires_per_query` looks up one row on each
            // connection.
            let id = if points == 1 { acquire } else { point } % 1000 + 1;
            let (id, name): (i64, String) = conn.exec_first(POINT, (id,)).await?.context("a row")?;
            sum += id + i64::try_from(name.len())?;
        }
    }
    Ok(sum)
}

/// Measures several connections in one native task and in one instance.
async fn concurrent(bench: &Bench) -> Result<Row> {
    let database = bench.server.database(CONNECTIONS)?;
    let pool = bench.server.pool(CONNECTIONS, true)?;
    let tasks = u32::try_from(CONNECTIONS)?;
    let pieces = tasks * CONCURRENT_POINTS;
    let native = async || {
        let pool = pool.clone();
        measured(pieces, async move {
            let tasks = (0..tasks).map(|_| native(pool.clone(), 1, CONCURRENT_POINTS));
            Ok(try_join_all(tasks).await?.iter().sum::<i64>().to_string())
        })
        .await
    };
    let guest = bench.host.guest("concurrent", &database).arg(tasks).arg(CONCURRENT_POINTS);
    let through_guest = async || measured(pieces, guest.clone().printed()).await;
    let row = Row::times("concurrent_8", &alternating(ROUNDS, native, through_guest).await?);
    pool.disconnect().await?;
    Ok(row)
}

/// Measures acquiring and closing an unused connection, in microseconds.
async fn acquire_close(bench: &Bench) -> Result<Row> {
    let database = bench.server.database(CONNECTIONS)?;
    let mut us = Vec::new();
    for _ in 0..ROUNDS {
        let guest = bench.host.guest("acquire_close", &database);
        us.push(tokio::spawn(guest.printed()).await??.parse::<f64>()? / 1000.0);
    }
    Ok(Row::guest_clock("acquire_close", &us))
}
