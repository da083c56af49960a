//! A guest in Python that reads columns, against PyMySQL in a process of its own.
//!
//! PyMySQL returns rows of Python objects. The guest has the columns of all rows as arrays, and
//! creates no object per cell.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use tokio::sync::Mutex;
use wasmtime::component::TypedFunc;
use wasmtime::error::Context;
use wasmtime::{Result, Store, format_err};

use crate::bench::{Bench, ROUNDS};
use crate::guest::State;
use crate::measure::{Cost, Measured, alternating, measured};
use crate::row::{Goal, Row};

const NAME: &str = "python_columns";
const SQL: &str = "SELECT id, quantity, name, price, at FROM events";
/// The variable with the Python that has PyMySQL. `cargo xtask bench` sets it if the tools are
/// installed, and then has built the guest too.
const PYTHON: &str = "WASMYSQL_BENCH_PYTHON";

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants(NAME) {
        return Ok(());
    }
    let Some(python) = std::env::var_os(PYTHON) else {
        bench.report.leave_out(NAME, "run `cargo xtask setup --languages python` to install its tools");
        return Ok(());
    };
    bench.server.table("events").await?;
    // The guest first, because its compilation takes many seconds.
    let guest = Arc::new(Mutex::new(Guest::start(bench).await?));
    let native = Arc::new(std::sync::Mutex::new(Native::start(python.into(), bench)?));
    let native = async || {
        let native = Arc::clone(&native);
        // Reading from the pipe blocks.
        tokio::task::spawn_blocking(move || native.lock().map_err(|_| format_err!("PyMySQL failed"))?.fetch()).await?
    };
    let guest = async || {
        let fetching = Arc::clone(&guest);
        let measured = measured(1, async move { fetching.lock().await.fetch().await }).await?;
        Ok(Measured { result: guest.lock().await.sums().await?, ..measured })
    };
    let row = Row::ratio(NAME, &alternating(ROUNDS, native, guest).await?);
    bench.report.push(row.wall(Goal::AtMost(0.08)));
    Ok(())
}

/// An instance of the guest, which keeps the columns between its calls.
struct Guest {
    store: Store<State>,
    fetch: TypedFunc<(&'static str,), (Result<(), String>,)>,
    sums: TypedFunc<(), (String,)>,
}

impl Guest {
    async fn start(bench: &Bench) -> Result<Guest> {
        let database = bench.server.database(1)?;
        let (mut store, instance) = bench.host.instantiate(NAME, &database).await?;
        let fetch = instance.get_typed_func(&mut store, "fetch")?;
        let sums = instance.get_typed_func(&mut store, "sums")?;
        Ok(Guest { store, fetch, sums })
    }

    /// Fetches all rows. Returns no result, because sums are not part of the measured work.
    async fn fetch(&mut self) -> Result<String> {
        let (fetched,) = self.fetch.call_async(&mut self.store, (SQL,)).await?;
        fetched.map(|()| String::new()).map_err(|message| format_err!("{message}"))
    }

    async fn sums(&mut self) -> Result<String> {
        Ok(self.sums.call_async(&mut self.store, ()).await?.0)
    }
}

/// The process with PyMySQL.
struct Native {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Native {
    fn start(python: PathBuf, bench: &Bench) -> Result<Native> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/native.py");
        let mut command = Command::new(python);
        command.arg(script).args(bench.server.address()).arg(SQL).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("starting Python")?;
        let input = process.stdin.take().context("no standard input")?;
        let output = BufReader::new(process.stdout.take().context("no standard output")?);
        Ok(Native { process, input, output })
    }

    /// Fetches all rows. The process measures its own time, and prints it before the sums.
    fn fetch(&mut self) -> Result<Measured> {
        self.input.write_all(b"fetch\n")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut parts = line.trim().splitn(3, ' ').filter(|part| !part.is_empty());
        let mut part = || parts.next().context("PyMySQL failed; its error is above");
        let cost = Cost { wall: part()?.parse()?, cpu: part()?.parse()? };
        Ok(Measured { cost, result: part()?.to_owned() })
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
