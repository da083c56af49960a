//! The load generator: wrk.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use wasmtime::error::Context;
use wasmtime::{Result, bail, ensure};

const SCRIPT: &str = include_str!("points.lua");

/// The results of wrk.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) seconds: f64,
    pub(super) median_us: u64,
    pub(super) p99_us: u64,
    failed: u64,
}

/// Writes the script of wrk into a folder, and checks that wrk runs.
pub(super) async fn prepare(script: &Path) -> Result<()> {
    std::fs::write(script, SCRIPT).with_context(|| format!("writing {}", script.display()))?;
    match Command::new("wrk").arg("--version").stdout(Stdio::null()).status().await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("this benchmark needs the load generator wrk; install it (Debian, Ubuntu: apt-get install wrk)")
        }
        Err(error) => Err(error).context("running wrk"),
    }
}

impl Load {
    /// Sends requests over this number of connections, one after the other on each.
    pub(super) async fn measure(script: &Path, address: &str, connections: u32, time: Duration) -> Result<Load> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--connections", &connections.to_string()]);
        wrk.args(["--duration", &format!("{}s", time.as_secs()), "--script"]).arg(script);
        let output = wrk.arg(format!("http://{address}")).kill_on_drop(true).output().await.context("running wrk")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let line = printed.lines().last().filter(|line| line.starts_with('{'));
        let line = line.with_context(|| format!("wrk printed no results: {output:?}"))?;
        let load: Load = serde_json::from_str(line)?;
        ensure!(load.failed == 0 && load.requests > 0, "requests failed: {load:?}");
        Ok(load)
    }
}
