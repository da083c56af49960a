//! Measures how times grow with the number of rows, concurrent guests and connections.
//!
//! The results of guest and native side are a table, a JSON file and a chart.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use wasmtime::{Result, ensure};

use crate::bench::Bench;
use crate::chart;
use crate::measure::{Measured, Pair, alternating, measured};
use crate::pools::{guests, natives};
use crate::row::Spread;
use crate::scans::lean;

/// The lookups on one connection before it is released, as in `instances_64`.
const POINTS: u32 = 25;
/// The acquires of all instances together in one round.
const ACQUIRES: u32 = 512;
const ROUNDS: usize = 3;

/// Measurements of a quantity at different sizes.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    pub(crate) title: &'static str,
    /// The name of the size.
    pub(crate) of: &'static str,
    /// The measured quantity with its unit.
    pub(crate) measure: &'static str,
    pub(crate) points: Vec<Point>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Point {
    pub(crate) at: u32,
    pub(crate) native: f64,
    pub(crate) guest: f64,
}

pub(crate) async fn run(json: &Path, svg: &Path) -> Result<()> {
    let bench = Bench::new(None, false).await?;
    for table in ["point", "scan", "ten"] {
        bench.server.table(table).await?;
    }
    let mut all = [
        Series { title: "Scan", of: "rows", measure: "microseconds a row", points: Vec::new() },
        Series {
            title: "Point queries, 8 connections",
            of: "instances at once",
            measure: "queries a second",
            points: Vec::new(),
        },
        Series {
            title: "Point queries, 64 instances",
            of: "connections of the pool",
            measure: "queries a second",
            points: Vec::new(),
        },
    ];
    let [scan, instances, connections] = &mut all;
    for rows in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        scan.push(scanned(&bench, rows).await?);
    }
    for count in [1, 8, 64, 512] {
        instances.push(looked_up(&bench, count, count, 8).await?);
    }
    for count in [1, 2, 4, 8, 16, 32, 64] {
        connections.push(looked_up(&bench, count, 64, count.try_into()?).await?);
    }
    for series in &all {
        series.print();
    }
    for path in [json, svg] {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
    }
    std::fs::write(json, serde_json::to_string_pretty(&all)? + "\n")?;
    std::fs::write(svg, chart::svg(&all))?;
    println!("\nWrote {} and {}.", json.display(), svg.display());
    Ok(())
}

/// Measures the microseconds per row of a scan. Small scans are repeated; the largest scan reads
/// the table ten times.
async fn scanned(bench: &Bench, rows: u32) -> Result<Point> {
    let database = bench.server.database(1)?;
    let (within, times) = (rows.min(1_000_000), rows.div_ceil(1_000_000));
    let sql = format!(
        "SELECT scan.id, quantity, price, name, note FROM ten STRAIGHT_JOIN scan WHERE ten.number <= {times} AND scan.id <= {within}"
    );
    let scans = (100_000 / rows).max(1);
    let native = async || {
        let (server, sql) = (Arc::clone(&bench.server), sql.clone());
        measured(rows * scans, async move {
            let mut sums = Vec::new();
            for _ in 0..scans {
                sums.push(lean(Arc::clone(&server), sql.clone()).await?);
            }
            Ok(sums.join("\n"))
        })
        .await
    };
    let guest = bench.host.guest("scan", &database).arg(&sql).arg(scans);
    let guest = async || measured(rows * scans, guest.clone().printed()).await;
    Ok(Point::of(rows, &alternating(ROUNDS, native, guest).await?, |us| us))
}

/// Measures the queries per second of this number of instances, or of native tasks, with this
/// number of connections.
async fn looked_up(bench: &Bench, at: u32, instances: u32, connections: usize) -> Result<Point> {
    let database = bench.server.database(connections)?;
    let pool = bench.server.pool(connections, true)?;
    let acquires = ACQUIRES / instances;
    ensure!(acquires > 0, "{instances} instances are more than the {ACQUIRES} acquires");
    let guest = bench.host.guest("acquires", &database).arg(acquires).arg(POINTS);
    let pieces = ACQUIRES * POINTS;
    let natives =
        async || -> Result<Measured> { measured(pieces, natives(pool.clone(), instances, acquires, POINTS)).await };
    let guests = async || measured(pieces, guests(guest.clone(), instances)).await;
    let point = Point::of(at, &alternating(ROUNDS, natives, guests).await?, |us| 1e6 / us);
    pool.disconnect().await?;
    Ok(point)
}

impl Point {
    /// Returns the medians of both sides.
    fn of(at: u32, pairs: &[Pair], of_us: impl Fn(f64) -> f64) -> Point {
        let native = Spread::of(pairs.iter().map(|pair| of_us(pair.native.wall))).median;
        let guest = Spread::of(pairs.iter().map(|pair| of_us(pair.guest.wall))).median;
        Point { at, native, guest }
    }
}

impl Series {
    fn push(&mut self, point: Point) {
        eprintln!("  {}: {} {} done", self.title, point.at, self.of);
        self.points.push(point);
    }

    fn print(&self) {
        println!("\n{}: {}\n{:>24} {:>12} {:>12}", self.title, self.measure, self.of, "native", "guest");
        for Point { at, native, guest } in &self.points {
            let digits = if *native < 100.0 { 2 } else { 0 };
            println!("{at:>24} {native:>12.digits$} {guest:>12.digits$}");
        }
    }
}
