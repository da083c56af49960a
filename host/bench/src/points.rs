//! Short statements on one connection: the cost of a round trip.
//!
//! Each statement is measured twice: normally, and in a process where server, host and driver share
//! one core. On one core the result shows the amount of work, without the effects of waiting
//! between processes.

use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{Statement, TxOpts};
use wasmtime::Result;
use wasmtime::error::Context;

use crate::bench::{Bench, PINNED, ROUNDS};
use crate::measure::{alternating, measured};
use crate::row::{Goal, Row};
use crate::server::Server;

pub(crate) const POINT: &str = "SELECT id, name FROM point WHERE id = ?";

/// The lookups of one round, which takes about a third of a second.
const POINTS: u32 = 3_000;
const TRANSACTIONS: u32 = 1_000;

/// A benchmark: its name, its guest program, and the goals.
struct Kind {
    name: &'static str,
    program: &'static str,
    times: u32,
    /// The goal for the wall time without pinning.
    wall: Option<f64>,
    /// The goal for wall and CPU time on one core.
    pinned: Option<f64>,
}

const KINDS: [Kind; 6] = [
    // A ping is a round trip without data.
    Kind { name: "ping", program: "ping", times: POINTS, wall: None, pinned: None },
    Kind { name: "blocking_ping", program: "blocking_ping", times: POINTS, wall: None, pinned: None },
    Kind { name: "point", program: "point", times: POINTS, wall: Some(1.1), pinned: Some(1.25) },
    Kind { name: "blocking_point", program: "blocking_point", times: POINTS, wall: Some(1.1), pinned: Some(1.1) },
    Kind { name: "prepared_point", program: "prepared_point", times: POINTS, wall: None, pinned: None },
    Kind { name: "transaction", program: "transaction", times: TRANSACTIONS, wall: None, pinned: None },
];

/// Returns whether the filter selects a benchmark on one core.
pub(crate) fn wants_pinned(filter: Option<&str>) -> bool {
    KINDS.iter().any(|kind| crate::bench::matches(filter, &(kind.name.to_owned() + PINNED)))
}

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    for kind in KINDS {
        let name = bench.name(kind.name);
        if bench.wants(&name) {
            let row = compared(bench, &kind, &name).await?;
            bench.report.push(row);
        }
    }
    Ok(())
}

async fn compared(bench: &Bench, kind: &Kind, name: &str) -> Result<Row> {
    for table in ["point", "account"] {
        bench.server.table(table).await?;
    }
    let database = bench.server.database(1)?;
    let native = async || {
        let server = Arc::clone(&bench.server);
        match kind.name {
            "transaction" => measured(kind.times, transactions(server, kind.times)).await,
            "ping" | "blocking_ping" => measured(kind.times, pings(server, kind.times)).await,
            "prepared_point" => measured(kind.times, prepared_points(server, kind.times)).await,
            _ => measured(kind.times, points(server, kind.times)).await,
        }
    };
    let guest =
        async || measured(kind.times, bench.host.guest(kind.program, &database).arg(kind.times).printed()).await;
    let mut row = Row::ratio(name, &alternating(ROUNDS, native, guest).await?);
    if name.ends_with(PINNED) {
        if let Some(most) = kind.pinned {
            row = row.wall(Goal::AtMost(most)).cpu(Goal::AtMost(most));
        }
    } else if let Some(most) = kind.wall {
        row = row.wall(Goal::AtMost(most));
    }
    Ok(row)
}

/// Looks up rows by their keys. The driver caches the prepared statement.
async fn points(server: Arc<Server>, times: u32) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut sum = 0;
    for time in 0..times {
        let (id, name): (i64, String) = conn.exec_first(POINT, (time % 1000 + 1,)).await?.context("a row")?;
        sum += id + i64::try_from(name.len())?;
    }
    Ok(sum.to_string())
}

async fn pings(server: Arc<Server>, times: u32) -> Result<String> {
    let mut conn = server.native.lock().await;
    for _ in 0..times {
        conn.ping().await?;
    }
    Ok(times.to_string())
}

async fn prepared_points(server: Arc<Server>, times: u32) -> Result<String> {
    let mut conn = server.native.lock().await;
    let by_id: Statement = conn.prep(POINT).await?;
    let mut sum = 0;
    for time in 0..times {
        let (id, name): (i64, String) = conn.exec_first(&by_id, (time % 1000 + 1,)).await?.context("a row")?;
        sum += id + i64::try_from(name.len())?;
    }
    Ok(sum.to_string())
}

async fn transactions(server: Arc<Server>, times: u32) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut changed = 0;
    for time in 0..times {
        let mut tx = conn.start_transaction(TxOpts::default()).await?;
        tx.exec_drop("UPDATE account SET balance = balance + 1 WHERE id = ?", (time % 1000 + 1,)).await?;
        changed += tx.affected_rows();
        tx.commit().await?;
    }
    Ok(changed.to_string())
}
