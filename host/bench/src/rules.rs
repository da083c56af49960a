//! The host's variables, its own check of statements, and trace comments: a guest with each of them
//! against the same guest without.

use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::Result;
use wasmysql_host::telemetry::TraceParent;
use wasmysql_host::{Database, StatementDecision, WasmysqlCtxBuilder};

use crate::bench::{Bench, ROUNDS};
use crate::guest::{context, grant};
use crate::measure::{alternating, measured};
use crate::row::{Goal, Row};

const TIMES: u32 = 3_000;

/// A benchmark: its name, its guest program, what the guest has in addition, and the goal.
struct Kind {
    name: &'static str,
    program: &'static str,
    context: fn(&Database) -> Result<WasmysqlCtxBuilder>,
    goal: Option<f64>,
}

const KINDS: [Kind; 4] = [
    Kind { name: "variables", program: "blocking_point", context: variables, goal: Some(1.03) },
    // Each piece of work acquires a connection, so the session is reset between them.
    Kind { name: "variables_and_resets", program: "acquires_per_query", context: variables, goal: None },
    Kind { name: "policy", program: "blocking_point", context: policy, goal: Some(1.03) },
    Kind { name: "trace_comments", program: "blocking_point", context: trace_comments, goal: None },
];

fn variables(database: &Database) -> Result<WasmysqlCtxBuilder> {
    Ok(context(database, grant()).variable("tenant", "acme")?)
}

fn policy(database: &Database) -> Result<WasmysqlCtxBuilder> {
    let grant = grant().on_statement(|statement| match statement.sql.len() {
        0 => StatementDecision::Deny("empty".to_owned()),
        _ => StatementDecision::Allow,
    });
    Ok(context(database, grant))
}

fn trace_comments(database: &Database) -> Result<WasmysqlCtxBuilder> {
    let calls = AtomicU64::new(0);
    let grant = grant()
        .sqlcommenter(move |_| Some(TraceParent::new([7; 16], calls.fetch_add(1, Ordering::Relaxed).to_be_bytes(), 1)));
    Ok(context(database, grant))
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
    bench.server.table("point").await?;
    let database = bench.server.database(1)?;
    let guest = || bench.host.guest(kind.program, &database).arg(TIMES);
    let without = async || measured(TIMES, guest().printed()).await;
    let with = async || measured(TIMES, guest().context((kind.context)(&database)?).printed()).await;
    let row = Row::ratio(name, &alternating(ROUNDS, without, with).await?);
    Ok(match kind.goal {
        Some(most) => row.wall(Goal::AtMost(most)).cpu(Goal::AtMost(most)),
        None => row,
    })
}
