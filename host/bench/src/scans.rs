//! Scans of whole tables that sum every cell.
//!
//! The guest reads batches and sums them column by column. The native side collects all rows and
//! then sums them, or sums them while it reads.

use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{Row as NativeRow, Value};
use wasmtime::Result;
use wasmysql_host::Database;

use crate::bench::{Bench, ROUNDS};
use crate::measure::{Pair, alternating, measured};
use crate::row::{Goal, Row};
use crate::server::Server;

pub(crate) const SCAN: &str = "SELECT id, quantity, price, name, note FROM scan";

/// The scans that compare kinds of data: the name of the benchmark, its table, its columns, and the
/// goal for wall time and CPU.
const KINDS: [(&str, &str, &str, Option<f64>); 4] = [
    ("scan_nulls", "nulls", "id, quantity, price, name, note", None),
    ("scan_text", "texts", "id, body", None),
    ("scan_mixed_20", "mixed", "*", None),
    ("scan_decimal_datetime", "decimals", "amount, tax, ordered, paid", Some(0.8)),
];

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    let database = bench.server.database(1)?;
    if bench.wants("scan_1m") {
        bench.server.table("scan").await?;
        let row = Row::ratio("scan_1m", &against_collected(bench, &database, SCAN).await?);
        bench.report.push(row.wall(Goal::AtMost(0.75)).cpu(Goal::AtMost(0.75)));
    }
    if bench.wants("scan_1m_lean") {
        bench.server.table("scan").await?;
        let native = async || measured(1, lean(Arc::clone(&bench.server), SCAN.to_owned())).await;
        let guest = async || measured(1, bench.host.guest("scan", &database).arg(SCAN).arg(1).printed()).await;
        let row = Row::ratio("scan_1m_lean", &alternating(ROUNDS, native, guest).await?);
        bench.report.push(row.cpu(Goal::AtMost(1.15)));
    }
    for (name, table, columns, goal) in KINDS {
        if bench.wants(name) {
            bench.server.table(table).await?;
            let sql = format!("SELECT {columns} FROM {table}");
            let row = Row::ratio(name, &against_collected(bench, &database, &sql).await?);
            bench.report.push(match goal {
                Some(most) => row.wall(Goal::AtMost(most)).cpu(Goal::AtMost(most)),
                None => row,
            });
        }
    }
    Ok(())
}

async fn against_collected(bench: &Bench, database: &Database, sql: &str) -> Result<Vec<Pair>> {
    let native = async || measured(1, collected(Arc::clone(&bench.server), sql.to_owned())).await;
    let guest = async || measured(1, bench.host.guest("scan", database).arg(sql).arg(1).printed()).await;
    alternating(ROUNDS, native, guest).await
}

/// Collects all rows, then sums every cell.
async fn collected(server: Arc<Server>, sql: String) -> Result<String> {
    let mut conn = server.native.lock().await;
    let rows: Vec<NativeRow> = conn.exec(sql, ()).await?;
    Ok(rows.into_iter().map(of_row).sum::<f64>().to_string())
}

/// Sums every cell while it reads, and keeps no row.
pub(crate) async fn lean(server: Arc<Server>, sql: String) -> Result<String> {
    let mut conn = server.native.lock().await;
    let mut total = 0.0;
    conn.exec_iter(sql, ()).await?.for_each_and_drop(|row| total += of_row(row)).await?;
    Ok(total.to_string())
}

/// Sums a row's cells as `programs/src/bin/scan.rs` does.
fn of_row(row: NativeRow) -> f64 {
    row.unwrap()
        .into_iter()
        .map(|cell| match cell {
            Value::NULL => 0.0,
            Value::Int(number) => number as f64,
            Value::UInt(number) => number as f64,
            Value::Float(number) => number.into(),
            Value::Double(number) => number,
            Value::Bytes(bytes) => bytes.len() as f64,
            Value::Date(_, _, day, _, _, second, microsecond) => {
                f64::from(day) + f64::from(second) + f64::from(microsecond)
            }
            Value::Time(_, days, hours, minutes, seconds, _) => {
                f64::from(days) * 86400.0 + f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + f64::from(seconds)
            }
        })
        .sum()
}
