//! The same work natively with mysql_async and through a guest, over the same transport, alternating, in one process. What is
//! compared is the ratio of the two: single times say more of the machine than of us.
//!
//! `cargo xtask bench [NAME]` runs it. It prints a table, and writes `target/bench/ratios.json`.

mod guest;
mod measure;
mod native;
mod report;
mod server;
mod system;

use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::error::Context;
use wasmtime::{Result, ensure};

use guest::Host;
use measure::{alternating, measured};
use report::{Report, Row};
use server::Server;
use wasmysql_test_artifacts as programs;

/// Rounds of each side. The median of eleven is calm on a noisy machine.
const ROUNDS: usize = 11;
const POINTS: u32 = 5_000;
const INSTANCES: u32 = 2_000;

/// Set in the child process that measures with everything on one core.
const PINNED: &str = "WASMYSQL_BENCH_PINNED";

fn main() -> Result<()> {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wants = |name: &str| wanted.as_ref().is_none_or(|wanted| name.contains(wanted.as_str()));
    let pinned = std::env::var_os(PINNED).is_some();
    if pinned {
        // Before any thread or the server exists, so that all of them inherit it.
        system::pin_to_one_core()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let mut report = Report::default();
    runtime.block_on(async {
        let server = Arc::new(Server::start().await?);
        let host = Arc::new(Host::new(&server)?);
        if pinned {
            return point(&mut report, "point_pinned", &server, &host).await;
        }
        if wants("scan_1m") {
            scan(&mut report, &server, &host).await?;
        }
        if wants("point") {
            point(&mut report, "point", &server, &host).await?;
        }
        if wants("noop_call") {
            noop(&mut report, &host).await?;
        }
        if wants("instantiate") {
            instantiate(&mut report, &host).await?;
        }
        Ok(())
    })?;
    drop(runtime);
    let path = results();
    if pinned {
        return report.write(&path.with_file_name("pinned.json"));
    }
    if wants("point_pinned") {
        let pinned = path.with_file_name("pinned.json");
        let status = std::process::Command::new(std::env::current_exe()?).env(PINNED, "1").status()?;
        ensure!(status.success(), "the pinned run failed");
        report.read(&pinned)?;
        std::fs::remove_file(pinned)?;
    }
    report.print();
    report.write(&path)?;
    println!("\nwritten to {}", path.display());
    Ok(())
}

/// Where the numbers go, wherever the bench is started from.
fn results() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    target.join("bench/ratios.json")
}

/// 1,000,000 rows of five columns, every cell summed: against a native `Vec<Row>`, and against the leanest native loop.
async fn scan(report: &mut Report, server: &Arc<Server>, host: &Arc<Host>) -> Result<()> {
    let collected = spawned(native::scan_collected(Arc::clone(server))).await?;
    let lean = spawned(native::scan_lean(Arc::clone(server))).await?;
    let guest: f64 = Arc::clone(host).run(programs::BENCH_SCAN, vec![]).await?.trim().parse()?;
    ensure!(guest == collected && guest == lean, "the sums differ: {guest}, {collected}, {lean}");
    let through_guest = async || spawned(Arc::clone(host).run(programs::BENCH_SCAN, vec![])).await;
    let collect = async || spawned(native::scan_collected(Arc::clone(server))).await;
    report.push(Row::ratio("scan_1m", &alternating(ROUNDS, collect, through_guest).await?, 1, Some(1.0)));
    let drop_rows = async || spawned(native::scan_lean(Arc::clone(server))).await;
    report.push(Row::ratio("scan_1m_lean", &alternating(ROUNDS, drop_rows, through_guest).await?, 1, None));
    Ok(())
}

/// One row by its key, again and again on one connection.
async fn point(report: &mut Report, name: &'static str, server: &Arc<Server>, host: &Arc<Host>) -> Result<()> {
    let native = async || spawned(native::points(Arc::clone(server), POINTS)).await;
    let guest = async || spawned(Arc::clone(host).run(programs::BENCH_POINT, vec![POINTS.to_string()])).await;
    report.push(Row::ratio(name, &alternating(ROUNDS, native, guest).await?, POINTS, None));
    Ok(())
}

/// A call of the host that does nothing, in microseconds.
async fn noop(report: &mut Report, host: &Arc<Host>) -> Result<()> {
    let (mut plain, mut asynchronous) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let printed = spawned(Arc::clone(host).run(programs::BENCH_NOOP, vec![])).await?;
        let (one, other) = printed.trim().split_once(' ').context("two numbers")?;
        plain.push(one.parse::<f64>()? / 1000.0);
        asynchronous.push(other.parse::<f64>()? / 1000.0);
    }
    report.push(Row::microseconds("noop_call", &asynchronous, None, Some(0.6)));
    report.push(Row::microseconds("noop_call_plain", &plain, None, None));
    Ok(())
}

/// A store, a context and an instance, made and dropped, in microseconds.
async fn instantiate(report: &mut Report, host: &Arc<Host>) -> Result<()> {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let host = Arc::clone(host);
        let cost = measured(spawned(async move {
            for _ in 0..INSTANCES {
                host.instantiate(programs::BENCH_NOOP).await?;
            }
            Ok(())
        }))
        .await?
        .1;
        wall.push(cost.per(INSTANCES).wall);
        cpu.push(cost.per(INSTANCES).cpu);
    }
    report.push(Row::microseconds("instantiate", &wall, Some(&cpu), Some(30.0)));
    Ok(())
}

/// Both sides run on a spawned task: the main thread's `block_on` wakes up more slowly.
async fn spawned<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await?
}
