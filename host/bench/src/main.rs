//! The same work natively and through a guest, over the same transport, alternating, in one process. What is compared is the ratio
//! of the two: single times say more of the machine than of us.
//!
//! `cargo xtask bench [FILTER]` builds the guest programs and runs it. It prints a table, and writes `target/bench/ratios.json`. The
//! filter `growth` measures how times grow with rows, instances and connections instead.

mod bench;
mod boundary;
mod bulk;
mod chart;
mod given_up;
mod growth;
mod guest;
mod in_guest;
mod measure;
mod memory;
mod points;
mod pools;
mod report;
mod row;
mod scans;
mod server;
mod system;
mod tables;
mod typed;

use std::path::{Path, PathBuf};
use std::time::Instant;

use wasmtime::{Result, ensure};

use bench::Bench;
use report::Report;

/// Set in the child process that measures with everything on one core.
const ON_ONE_CORE: &str = "WASMYSQL_BENCH_PINNED";

/// The filter that is none: it takes some minutes by itself.
const GROWTH: &str = "growth";

fn main() -> Result<()> {
    let began = Instant::now();
    let filter = std::env::args().nth(1);
    let pinned = std::env::var_os(ON_ONE_CORE).is_some();
    if pinned {
        // Before any thread or the server exists, so that all of them inherit it.
        system::pin_to_one_core()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if filter.as_deref() == Some(GROWTH) {
        return runtime.block_on(growth::run(&results("growth.json"), &repository().join("docs/growth.svg")));
    }
    let mut report = runtime.block_on(run(filter.clone(), pinned))?;
    drop(runtime);
    if pinned {
        return report.write(&results("pinned.json"));
    }
    if points::wants_pinned(filter.as_deref()) {
        measure_on_one_core(filter.as_deref(), &mut report)?;
    }
    ensure!(!report.is_empty(), "no benchmark is called so; `{GROWTH}` is not one of them but runs by itself");
    report.print();
    let path = results("ratios.json");
    report.write(&path)?;
    println!("Written to {}, after {:.0} s.", path.display(), began.elapsed().as_secs_f64());
    if filter.is_none() {
        println!("How times grow with rows, instances and connections is measured by `cargo xtask bench {GROWTH}`.");
    }
    Ok(())
}

async fn run(filter: Option<String>, pinned: bool) -> Result<Report> {
    let mut bench = Bench::new(filter, pinned).await?;
    points::run(&mut bench).await?;
    if !pinned {
        scans::run(&mut bench).await?;
        memory::run(&mut bench).await?;
        given_up::run(&mut bench).await?;
        pools::run(&mut bench).await?;
        bulk::run(&mut bench).await?;
        boundary::run(&mut bench).await?;
        typed::run(&mut bench).await?;
        in_guest::run(&mut bench).await?;
    }
    Ok(bench.report)
}

/// Another process, because what is pinned stays so, and the server has to be started by it.
fn measure_on_one_core(filter: Option<&str>, report: &mut Report) -> Result<()> {
    let mut child = std::process::Command::new(std::env::current_exe()?);
    ensure!(child.args(filter).env(ON_ONE_CORE, "1").status()?.success(), "the run on one core failed");
    let path = results("pinned.json");
    report.read(&path)?;
    std::fs::remove_file(path)?;
    Ok(())
}

/// Where the numbers go, wherever the bench is started from.
fn results(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join("bench").join(name)
}

fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}
