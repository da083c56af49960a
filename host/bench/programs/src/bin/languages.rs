//! Runs the named work for each line of the standard input, and prints its time in microseconds.
//! The programs in `guest/examples` and `guest/python/bench` do the same work.

use std::io::{self, BufRead};
use std::time::Instant;

use wasmysql::blocking::{Connection, Engine};
use wasmysql::{DateTime, FromRow, Result};

const SCAN_ROWS: i64 = 200_000;
const POINTS: i32 = 2_000;
const INSERTS: u32 = 20_000;

const SCAN: &str = "SELECT id, quantity, name, price, at FROM scan";
const POINT: &str = "SELECT id, name FROM scan WHERE id = ?";
const INSERT: &str = "INSERT INTO target (id, name, price, at) VALUES (?, ?, ?, ?)";

#[derive(FromRow)]
#[expect(dead_code, reason = "the work is to make the values")]
struct Record {
    id: i32,
    quantity: i64,
    name: String,
    price: f64,
    at: DateTime,
}

fn main() -> Result<()> {
    let engine = Engine::connect("main")?;
    let mut conn = engine.acquire()?;
    for line in io::stdin().lock().lines().map_while(std::result::Result::ok) {
        let begin = Instant::now();
        match line.as_str() {
            "scan" => scan(&mut conn)?,
            "stream" => stream(&mut conn)?,
            "columns" => columns(&mut conn)?,
            "point" => points(&mut conn)?,
            "insert" => inserts(&mut conn)?,
            other => panic!("there is no work {other}"),
        }
        println!("{}", begin.elapsed().as_micros());
    }
    Ok(())
}

fn scan(conn: &mut Connection) -> Result<()> {
    let records: Vec<Record> = conn.query_all_as(SCAN, ())?;
    assert_eq!(records.len() as i64, SCAN_ROWS);
    Ok(())
}

/// Reads the same rows and drops each.
fn stream(conn: &mut Connection) -> Result<()> {
    let mut records = conn.query_as::<Record>(SCAN, ())?;
    let mut sum = 0;
    while let Some(record) = records.next()? {
        sum += i64::from(record.id);
    }
    assert_eq!(sum, SCAN_ROWS * (SCAN_ROWS + 1) / 2);
    Ok(())
}

fn columns(conn: &mut Connection) -> Result<()> {
    let mut rows = conn.query(SCAN, ())?;
    let (mut ids, mut prices) = (0, 0.0);
    while let Some(batch) = rows.next_batch()? {
        ids += batch.column(0).and_then(|column| Some(column.as_i64()?.iter().sum::<i64>())).unwrap_or_default();
        prices += batch.column(3).and_then(|column| Some(column.as_f64()?.iter().sum::<f64>())).unwrap_or_default();
    }
    assert_eq!(ids, SCAN_ROWS * (SCAN_ROWS + 1) / 2);
    assert!(prices > 0.0, "the column of prices is read");
    Ok(())
}

fn points(conn: &mut Connection) -> Result<()> {
    for id in 1..=POINTS {
        let (found, _): (i32, String) = conn.query_one_as(POINT, (id,))?;
        assert_eq!(found, id);
    }
    Ok(())
}

fn inserts(conn: &mut Connection) -> Result<()> {
    conn.execute("TRUNCATE target", ())?;
    let rows = (0..INSERTS).map(|n| {
        let part = |value: u32| u8::try_from(value).unwrap_or_default();
        let (hour, minute, second) = (part(n / 3600), part(n / 60 % 60), part(n % 60));
        let at = DateTime { year: 2024, month: 1, day: 1, hour, minute, second, microsecond: 0 };
        (n, format!("name of row {n}"), f64::from(n) / 4.0, at)
    });
    assert_eq!(conn.execute_many(INSERT, rows)?.rows_affected(), u64::from(INSERTS));
    Ok(())
}
