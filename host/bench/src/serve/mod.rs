//! HTTP requests that `wasmysql serve` answers with a point query, against a handler in axum that
//! does the same.
//!
//! Each server is a process of its own with a pool of the same size. wrk sends the requests. All of
//! them share the cores with the database server.

mod load;
mod native;
mod process;

use std::env;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use tokio::process::Command;
use wasmtime::error::Context;
use wasmtime::{Result, ensure};

use crate::bench::Bench;
use crate::row::Spread;
use load::Load;
use native::{Driver, Native};
use process::{Prints, Process};

/// Set in the child processes that are native servers.
const NATIVE: &str = "WASMYSQL_BENCH_NATIVE";
/// The command line tool. `cargo xtask bench serve` builds it and sets the variable.
const TOOL: &str = "WASMYSQL_BENCH_TOOL";

/// The log level without the access log. The native servers have none.
const QUIET: &str = "warn,wasmysql::access=off";

/// The connections of each pool.
const POOL: usize = 16;
/// The connections of clients.
const CLIENTS: [u32; 3] = [1, 8, 64];
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(4);
/// The time before the first round, which opens connections and fills caches.
const WARM_UP: Duration = Duration::from_secs(1);

/// The name of the native server that the others are compared with.
const MYSQL_ASYNC: &str = "axum, mysql_async";

/// A goal for the throughput, as a part of that of mysql_async.
struct Goal {
    server: &'static str,
    throughput: f64,
}

const REUSED: Goal = Goal { server: "serve", throughput: 0.6 };
const FRESH: Goal = Goal { server: "serve --reuse 1", throughput: 0.4 };
/// The goal for the 99th percentile of the latency, in times of that of mysql_async.
const P99: f64 = 3.0;
/// The clients at which the goals apply.
const GOAL_CLIENTS: u32 = 64;

/// A server that is measured.
struct Contender {
    name: &'static str,
    process: Process,
    /// The rounds, by number of clients.
    rounds: [Vec<Round>; CLIENTS.len()],
}

/// The results of a round.
#[derive(Debug)]
struct Round {
    load: Load,
    cpu_us: f64,
}

/// The medians of the rounds.
#[derive(Debug, Serialize)]
struct Outcome {
    server: &'static str,
    clients: u32,
    requests_per_second: f64,
    /// The lowest and the highest value of the rounds.
    range: [f64; 2],
    cpu_us_per_request: f64,
    median_us: f64,
    p99_us: f64,
}

/// Serves natively if this process was started for that.
pub(crate) async fn as_native() -> Option<Result<()>> {
    let native = env::var(NATIVE).ok()?;
    Some(match serde_json::from_str::<Native>(&native) {
        Ok(native) => native.serve().await,
        Err(error) => Err(error.into()),
    })
}

pub(crate) async fn run(json: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("points.lua");
    load::prepare(&script).await?;
    let bench = Bench::new(None, false).await?;
    bench.server.table("point").await?;
    let config = folder.path().join("databases.toml");
    std::fs::write(&config, configuration(&bench.server.url()))?;

    let quiet = ["--log", "text"];
    let mut contenders = [
        Contender::new(MYSQL_ASYNC, native(&bench, Driver::MysqlAsync)?, Prints::ToStdout).await?,
        Contender::new("axum, sqlx", native(&bench, Driver::Sqlx)?, Prints::ToStdout).await?,
        Contender::new(REUSED.server, plugin(&bench, &config, QUIET, &quiet)?, Prints::ToStderr).await?,
        Contender::new(FRESH.server, plugin(&bench, &config, QUIET, &["--reuse", "1"])?, Prints::ToStderr).await?,
        Contender::new("serve, access log", plugin(&bench, &config, "info", &quiet)?, Prints::ToStderr).await?,
    ];
    for contender in &contenders {
        let body = contender.process.get("/points/7").await?;
        ensure!(body == r#"{"id":7,"name":"name of 7"}"#, "{} answers {body}", contender.name);
        Load::measure(&script, &contender.process.address, CLIENTS[CLIENTS.len() - 1], WARM_UP).await?;
    }
    for (at, clients) in CLIENTS.into_iter().enumerate() {
        for round in 0..ROUNDS {
            // Each round begins with another server.
            contenders.rotate_left(1);
            for contender in &mut contenders {
                contender.measure(&script, at).await?;
            }
            eprintln!("  {clients} clients: round {} of {ROUNDS} done", round + 1);
        }
    }
    let outcomes: Vec<Outcome> = contenders.iter().flat_map(Contender::outcomes).collect();
    print(&outcomes);
    if let Some(folder) = json.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(json, serde_json::to_string_pretty(&outcomes)? + "\n")?;
    println!("\nWrote {}.", json.display());
    Ok(())
}

/// Returns the configuration of `wasmysql serve`: one guest may hold all connections, as natively.
fn configuration(url: &str) -> String {
    format!(
        "[database.main]\nurl = \"{url}\"\nmax_connections = {POOL}\nguest_share = 100\n\n\
         [[grant]]\nguest = \"*\"\ndatabase = \"main\"\nstatements = \"read\"\nmax_connections = {POOL}\n"
    )
}

/// Returns the command of a native server: this program, with the description of the server.
fn native(bench: &Bench, driver: Driver) -> Result<Command> {
    let native = Native { driver, url: bench.server.url(), connections: POOL };
    let mut command = Command::new(env::current_exe()?);
    command.env(NATIVE, serde_json::to_string(&native)?);
    Ok(command)
}

/// Returns the command of `wasmysql serve`.
fn plugin(bench: &Bench, config: &Path, log: &str, arguments: &[&str]) -> Result<Command> {
    let tool = env::var_os(TOOL).with_context(|| format!("{TOOL} is not set; run `cargo xtask bench serve`"))?;
    let mut command = Command::new(tool);
    command.arg("serve").arg(bench.host.path("http_point")).args(["--addr", "127.0.0.1:0", "--config"]).arg(config);
    command.args(arguments).env("RUST_LOG", log);
    Ok(command)
}

impl Contender {
    async fn new(name: &'static str, command: Command, prints: Prints) -> Result<Contender> {
        let process = Process::start(command, prints).await.with_context(|| format!("starting {name}"))?;
        Ok(Contender { name, process, rounds: Default::default() })
    }

    /// Measures the server with the number of clients at this index.
    async fn measure(&mut self, script: &Path, at: usize) -> Result<()> {
        let Self { name, process, rounds } = self;
        let before = process.cpu_time()?;
        let load = Load::measure(script, &process.address, CLIENTS[at], TIME).await.context(*name)?;
        let cpu = process.cpu_time()?.saturating_sub(before);
        let cpu_us = cpu.as_secs_f64() * 1e6 / load.requests as f64;
        rounds[at].push(Round { load, cpu_us });
        Ok(())
    }

    fn outcomes(&self) -> Vec<Outcome> {
        let outcome = |(clients, rounds): (u32, &Vec<Round>)| {
            let median = |value: fn(&Round) -> f64| Spread::of(rounds.iter().map(value)).median;
            let throughput = Spread::of(rounds.iter().map(|round| round.load.requests as f64 / round.load.seconds));
            Outcome {
                server: self.name,
                clients,
                requests_per_second: throughput.median,
                range: throughput.range,
                cpu_us_per_request: median(|round| round.cpu_us),
                median_us: median(|round| round.load.median_us as f64),
                p99_us: median(|round| round.load.p99_us as f64),
            }
        };
        CLIENTS.into_iter().zip(&self.rounds).map(outcome).collect()
    }
}

fn print(outcomes: &[Outcome]) {
    for clients in CLIENTS {
        let of = |server: &str| outcomes.iter().find(|outcome| outcome.clients == clients && outcome.server == server);
        let Some(native) = of(MYSQL_ASYNC) else { continue };
        println!(
            "\n{:<24} {:>10} {:>8} {:>12} {:>8} {:>10} {:>10} {:>8}",
            format!("{clients} clients"),
            "requests/s",
            "ratio",
            "CPU us each",
            "ratio",
            "median us",
            "p99 us",
            "ratio"
        );
        let servers = outcomes.iter().filter(|outcome| outcome.clients == clients);
        for outcome in servers {
            println!(
                "{:<24} {:>10.0} {:>8.2} {:>12.1} {:>8.2} {:>10.0} {:>10.0} {:>8.2}",
                outcome.server,
                outcome.requests_per_second,
                outcome.requests_per_second / native.requests_per_second,
                outcome.cpu_us_per_request,
                outcome.cpu_us_per_request / native.cpu_us_per_request,
                outcome.median_us,
                outcome.p99_us,
                outcome.p99_us / native.p99_us
            );
        }
        for goal in [REUSED, FRESH].iter().filter(|_| clients == GOAL_CLIENTS) {
            let Some(outcome) = of(goal.server) else { continue };
            let throughput = outcome.requests_per_second / native.requests_per_second;
            let p99 = outcome.p99_us / native.p99_us;
            println!(
                "{}: throughput {throughput:.2}, goal at least {} ({}); p99 {p99:.2}, goal at most {P99} ({})",
                goal.server,
                goal.throughput,
                met(throughput >= goal.throughput),
                met(p99 <= P99)
            );
        }
    }
}

fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}
