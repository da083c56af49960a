//! Benchmarks: the same work natively and through a guest, over the same transport, alternating, in
//! one process.
//!
//! The result of a benchmark is the ratio of the two times, because absolute times depend mostly on
//! the machine.
//!
//! `cargo xtask bench [FILTER]` builds the guest programs and runs the benchmarks. It prints a
//! table and writes `target/bench/ratios.json`. The filter `growth` instead measures how times grow
//! with rows, instances and connections, and `serve` measures HTTP requests.

mod bench;
mod boundary;
mod bulk;
mod chart;
mod dropped_result;
mod growth;
mod guest;
mod in_guest;
mod measure;
mod memory;
mod points;
mod pools;
mod python;
mod report;
mod row;
mod rules;
mod scans;
#[expect(unreachable_pub, reason = "the file belongs to the test programs")]
#[path = "../../../tests/programs/src/series.rs"]
mod series;
mod serve;
mod server;
mod system;
mod tables;
mod typed;

use std::path::{Path, PathBuf};
use std::time::Instant;

use wasmtime::{Result, ensure};

use bench::Bench;
use report::Report;

/// Set in the child process that measures with server, host and driver on one core.
const ON_ONE_CORE: &str = "WASMYSQL_BENCH_PINNED";

/// Not filters: each selects benchmarks that take some minutes and run only alone.
const GROWTH: &str = "growth";
const SERVE: &str = "serve";

fn main() -> Result<()> {
    let began = Instant::now();
    let filter = std::env::args().nth(1);
    let pinned = std::env::var_os(ON_ONE_CORE).is_some();
    if pinned {
        // Pinned before any thread or the server starts, so that all of them inherit the affinity.
        system::pin_to_one_core()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(served) = runtime.block_on(serve::as_native()) {
        return served;
    }
    if filter.as_deref() == Some(GROWTH) {
        return runtime.block_on(growth::run(&results("growth.json"), &repository().join("docs/growth.svg")));
    }
    if filter.as_deref() == Some(SERVE) {
        return runtime.block_on(serve::run(&results("serve.json")));
    }
    let mut report = runtime.block_on(run(filter.clone(), pinned))?;
    drop(runtime);
    if pinned {
        return report.write(&results("pinned.json"));
    }
    if points::wants_pinned(filter.as_deref()) {
        measure_on_one_core(filter.as_deref(), &mut report)?;
    }
    ensure!(
        !report.is_empty(),
        "no benchmark matches the filter '{}'; use a part of a name in docs/performance.md, `{GROWTH}` or `{SERVE}`",
        filter.as_deref().unwrap_or_default()
    );
    report.print();
    let path = results("ratios.json");
    report.write(&path)?;
    println!("Wrote {} after {:.0} s.", path.display(), began.elapsed().as_secs_f64());
    if filter.is_none() {
        println!("`cargo xtask bench {GROWTH}` measures how times grow with rows, instances and connections.");
        println!("`cargo xtask bench {SERVE}` measures HTTP requests.");
    }
    Ok(())
}

async fn run(filter: Option<String>, pinned: bool) -> Result<Report> {
    let mut bench = Bench::new(filter, pinned).await?;
    points::run(&mut bench).await?;
    if !pinned {
        rules::run(&mut bench).await?;
        scans::run(&mut bench).await?;
        memory::run(&mut bench).await?;
        dropped_result::run(&mut bench).await?;
        pools::run(&mut bench).await?;
        bulk::run(&mut bench).await?;
        boundary::run(&mut bench).await?;
        typed::run(&mut bench).await?;
        in_guest::run(&mut bench).await?;
        python::run(&mut bench).await?;
    }
    Ok(bench.report)
}

/// Measures in a child process: pinning can't be undone, and the server has to inherit it.
fn measure_on_one_core(filter: Option<&str>, report: &mut Report) -> Result<()> {
    let mut child = std::process::Command::new(std::env::current_exe()?);
    ensure!(child.args(filter).env(ON_ONE_CORE, "1").status()?.success(), "the run on one core failed");
    let path = results("pinned.json");
    report.read(&path)?;
    std::fs::remove_file(path)?;
    Ok(())
}

/// Returns the path of a result file, independent of the working directory.
fn results(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join("bench").join(name)
}

fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}
