//! Runs a query and sums every cell. The first argument is the query, the second the number of
//! repetitions.
//!
//! The sum uses the value of a number, the length of texts and bytes, the day of a date, and the
//! seconds of a time. Of a datetime it uses day, second and microsecond.

use wasmysql::{ColumnView, Engine, Result, Rows};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
async fn main() -> Result<()> {
    let (sql, times): (String, u32) = (argument(1), argument(2));
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    for _ in 0..times {
        println!("{}", sum(conn.query(&sql, ()).await?).await?);
    }
    Ok(())
}

async fn sum(mut rows: Rows<'_>) -> Result<f64> {
    let mut sum = 0.0;
    while let Some(batch) = rows.next_batch().await? {
        sum += (0..batch.columns().len()).filter_map(|index| batch.column(index)).map(of_column).sum::<f64>();
    }
    Ok(sum)
}

fn of_column(column: ColumnView<'_>) -> f64 {
    if let Some(values) = column.as_i64() {
        total(column, values.iter().copied(), |value| value) as f64
    } else if let Some(values) = column.as_u64() {
        total(column, values.iter().copied(), |value| value) as f64
    } else if let Some(values) = column.as_f64() {
        total(column, values.iter().copied(), |value| value)
    } else if let Some(values) = column.as_f32() {
        total(column, values.iter().copied(), f64::from)
    } else if let Some((offsets, _)) = column.as_str() {
        lengths(column, offsets)
    } else if let Some((offsets, _)) = column.as_bytes() {
        lengths(column, offsets)
    } else if let Some(dates) = column.dates() {
        total(column, dates, |date| u64::from(date.day)) as f64
    } else if let Some(times) = column.times() {
        total(column, times, |time| {
            u64::from(time.hours) * 3600 + u64::from(time.minutes) * 60 + u64::from(time.seconds)
        }) as f64
    } else if let Some(times) = column.datetimes() {
        total(column, times, |at| u64::from(at.day) + u64::from(at.second) + u64::from(at.microsecond)) as f64
    } else {
        0.0
    }
}

/// Returns the sum of the values that are not NULL. A column without NULLs needs no check of each
/// row.
fn total<T, N: std::iter::Sum>(column: ColumnView<'_>, values: impl Iterator<Item = T>, number: impl Fn(T) -> N) -> N {
    if column.has_nulls() {
        values.enumerate().filter(|&(row, _)| !column.is_null(row)).map(|(_, value)| number(value)).sum()
    } else {
        values.map(number).sum()
    }
}

fn lengths(column: ColumnView<'_>, offsets: &[u32]) -> f64 {
    let lengths = offsets.windows(2).map(|ends| u64::from(ends[1] - ends[0]));
    let sum: u64 = if column.has_nulls() {
        lengths.enumerate().filter(|&(row, _)| !column.is_null(row)).map(|(_, length)| length).sum()
    } else {
        lengths.sum()
    };
    sum as f64
}
