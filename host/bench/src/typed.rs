//! Rows as structs, in the usual style of each driver: all rows are collected and then summed.

use std::sync::Arc;

use mysql_async::prelude::Queryable;
use sqlx::mysql::MySqlConnection;
use tokio::sync::Mutex;
use wasmtime::Result;

use crate::bench::{Bench, ROUNDS};
use crate::measure::{alternating, measured};
use crate::row::{Goal, Row};
use crate::server::Server;

const ROWS: u32 = 200_000;
const SQL: &str = "SELECT id, quantity, price, name, note FROM scan WHERE id <= ?";

#[derive(sqlx::FromRow)]
struct Item {
    id: i32,
    quantity: i64,
    price: f64,
    name: String,
    note: String,
}

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    let (sqlx, mysql_async) = ("typed_rows_sqlx", "typed_rows_mysql_async");
    if !bench.wants(sqlx) && !bench.wants(mysql_async) {
        return Ok(());
    }
    bench.server.table("scan").await?;
    let database = bench.server.database(1)?;
    let guest = bench.host.guest("typed_rows", &database).arg(ROWS);
    let guest = async || measured(ROWS, guest.clone().printed()).await;
    if bench.wants(sqlx) {
        let conn = Arc::new(Mutex::new(bench.server.sqlx().await?));
        let native = async || measured(ROWS, with_sqlx(Arc::clone(&conn))).await;
        let row = Row::ratio(sqlx, &alternating(ROUNDS, native, &guest).await?);
        bench.report.push(row.wall(Goal::AtMost(1.0)).cpu(Goal::AtMost(1.0)));
    }
    if bench.wants(mysql_async) {
        let native = async || measured(ROWS, with_mysql_async(Arc::clone(&bench.server))).await;
        let row = Row::ratio(mysql_async, &alternating(ROUNDS, native, &guest).await?);
        bench.report.push(row);
    }
    Ok(())
}

async fn with_sqlx(conn: Arc<Mutex<MySqlConnection>>) -> Result<String> {
    let mut conn = conn.lock().await;
    let items: Vec<Item> = sqlx::query_as(SQL).bind(ROWS).fetch_all(&mut *conn).await?;
    Ok(sum(&items))
}

async fn with_mysql_async(server: Arc<Server>) -> Result<String> {
    let mut conn = server.native.lock().await;
    // A tuple is read by position, which is faster: the driver's derived structs look up each
    // column by its name.
    let item = |(id, quantity, price, name, note)| Item { id, quantity, price, name, note };
    let items: Vec<Item> = conn.exec_map(SQL, (ROWS,), item).await?;
    Ok(sum(&items))
}

fn sum(items: &[Item]) -> String {
    let of_item = |item: &Item| {
        f64::from(item.id) + item.quantity as f64 + item.price + item.name.len() as f64 + item.note.len() as f64
    };
    items.iter().map(of_item).sum::<f64>().to_string()
}
