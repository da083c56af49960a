//! Loads the files into the tables.

use crate::Result;
use crate::progress::Progress;
use crate::schema::{TABLES, Table};
use crate::source::Source;
use std::path::Path;
use std::time::{Duration, Instant};
use wasmysql::Connection;

/// Rows per insert. Small, so that the progress bar moves.
const ROWS: usize = 1_000;

/// The result of loading.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) rows: u64,
    time: Duration,
}

impl Loaded {
    pub(crate) fn rows_per_second(&self) -> u64 {
        let millis = self.time.as_millis().max(1);
        u64::try_from(u128::from(self.rows) * 1_000 / millis).unwrap_or(u64::MAX)
    }
}

/// Loads all tables, each in one transaction.
pub(crate) async fn all(conn: &mut Connection, directory: &Path) -> Result<Loaded> {
    let start = Instant::now();
    let mut loaded = Loaded::default();
    for table in &TABLES {
        loaded.rows += load_table(conn, directory, table).await?;
    }
    loaded.time = start.elapsed();
    println!();
    Ok(loaded)
}

async fn load_table(conn: &mut Connection, directory: &Path, table: &'static Table) -> Result<u64> {
    let mut source = Source::open(directory, table)?;
    let mut progress = Progress::new(table.name);
    let columns: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();

    let mut tx = conn.begin().await?;
    loop {
        let rows = source.next_rows(ROWS)?;
        if rows.is_empty() {
            break;
        }
        let done = tx.insert_many(table.name, &columns, rows).await?;
        progress.advance(done.rows_affected(), source.progress());
    }
    tx.commit().await?;
    Ok(progress.finish())
}
