//! The plugin of `cargo xtask demo`. It loads one month of flights into MySQL, prints reports, and
//! rolls back a change.
//!
//! The optional argument is the directory of the CSV files. The default is `/data`.

mod load;
mod progress;
mod report;
mod rollback;
mod schema;
mod source;
mod table;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;
use table::grouped;
use wasmysql::Engine;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[wasmysql::main]
async fn main() -> Result<()> {
    let start = Instant::now();
    let directory = std::env::args().nth(1).map_or_else(|| PathBuf::from("/data"), PathBuf::from);

    let engine = Engine::connect("main").await?;
    println!("One month of flights from New York, in {}.", engine.info().server_version);
    println!("This plugin opens the database by the name \"main\". The host keeps the address and the password.\n");

    let mut conn = engine.acquire().await?;
    schema::create(&mut conn).await?;
    let loaded = load::all(&mut conn, &directory).await?;
    let reports = report::all(&mut conn).await?;
    let rollback_queries = rollback::show(&mut conn).await?;
    conn.close().await?;

    println!(
        "Loaded {} rows at {} rows/s and ran {} queries in {:.2} s.",
        grouped(loaded.rows),
        grouped(loaded.rows_per_second()),
        reports + rollback_queries,
        start.elapsed().as_secs_f64(),
    );
    Ok(())
}
