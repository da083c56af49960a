//! The cost of the sandbox: a host call, and an instance.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::error::Context;

use crate::bench::{Bench, ROUNDS};
use crate::measure::measured;
use crate::row::{Goal, Row};

const INSTANCES: u32 = 2_000;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("noop_call") || bench.wants("noop_call_plain") {
        noop(bench).await?;
    }
    if bench.wants("instantiate") {
        instantiate(bench).await?;
    }
    Ok(())
}

/// Measures a host call that does nothing, in microseconds.
async fn noop(bench: &mut Bench) -> Result<()> {
    let database = bench.server.database(1)?;
    let (mut plain, mut asynchronous) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let printed = tokio::spawn(bench.host.guest("noop", &database).printed()).await??;
        let (plain_ns, async_ns) = printed.split_once(' ').context("two numbers")?;
        plain.push(plain_ns.parse::<f64>()? / 1000.0);
        asynchronous.push(async_ns.parse::<f64>()? / 1000.0);
    }
    if bench.wants("noop_call") {
        bench.report.push(Row::guest_clock("noop_call", &asynchronous).wall(Goal::AtMost(0.6)));
    }
    if bench.wants("noop_call_plain") {
        bench.report.push(Row::guest_clock("noop_call_plain", &plain));
    }
    Ok(())
}

/// Measures creating and dropping a store, a context and an instance, in microseconds.
async fn instantiate(bench: &mut Bench) -> Result<()> {
    let database = bench.server.database(1)?;
    let mut costs = Vec::new();
    for round in 0..=ROUNDS {
        let (host, database) = (Arc::clone(&bench.host), database.clone());
        let measured = measured(INSTANCES, async move {
            for _ in 0..INSTANCES {
                host.instantiate("noop", &database).await?;
            }
            Ok(String::new())
        })
        .await?;
        // The first round compiles the component.
        if round > 0 {
            costs.push(measured.cost);
        }
    }
    bench.report.push(Row::alone("instantiate", &costs).wall(Goal::AtMost(30.0)));
    Ok(())
}
