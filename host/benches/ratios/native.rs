//! The native side: mysql_async as its users write it, over the same transport as the host.

use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{Row, Value};
use wasmtime::Result;
use wasmtime::error::Context;

use crate::server::Server;

const SCAN: &str = "SELECT id, quantity, price, name, note FROM scan";

/// Collects all rows, then sums every cell.
pub(crate) async fn scan_collected(server: Arc<Server>) -> Result<f64> {
    let mut conn = server.native.lock().await;
    let rows: Vec<Row> = conn.exec(SCAN, ()).await?;
    Ok(rows.into_iter().map(sum).sum())
}

/// Sums every cell as the rows come, and keeps none.
pub(crate) async fn scan_lean(server: Arc<Server>) -> Result<f64> {
    let mut conn = server.native.lock().await;
    let mut total = 0.0;
    conn.exec_iter(SCAN, ()).await?.for_each_and_drop(|row| total += sum(row)).await?;
    Ok(total)
}

/// Looks a row up by its key, again and again.
pub(crate) async fn points(server: Arc<Server>, times: u32) -> Result<i64> {
    let mut conn = server.native.lock().await;
    let mut sum = 0;
    for time in 0..times {
        let row: Option<(i64, String)> =
            conn.exec_first("SELECT id, name FROM point WHERE id = ?", (time % 1000 + 1,)).await?;
        let (id, name) = row.context("a row")?;
        sum += id + i64::try_from(name.len())?;
    }
    Ok(sum)
}

fn sum(row: Row) -> f64 {
    row.unwrap()
        .into_iter()
        .map(|cell| match cell {
            Value::Int(number) => number as f64,
            Value::Double(number) => number,
            Value::Bytes(text) => text.len() as f64,
            _ => 0.0,
        })
        .sum()
}
