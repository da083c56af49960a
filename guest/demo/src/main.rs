//! The plugin of `cargo xtask demo`: it loads a month of flights into MySQL, reports on it, and undoes a change.
//!
//! Its argument is the directory of the CSV files, `/data` if there is none.

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
    println!("A month of flights out of New York, in {}.", engine.info().server_version);
    println!("This plugin knows the database by the name \"main\"; its host keeps the address and the password.\n");

    let mut conn = engine.acquire().await?;
    schema::create(&mut conn).await?;
    let loaded = load::all(&mut conn, &directory).await?;
    let reports = report::all(&mut conn).await?;
    let undone = rollback::show(&mut conn).await?;
    conn.close().await?;

    println!(
        "Loaded {} rows at {} rows a second, ran {} queries, done in {:.2} s.",
        grouped(loaded.rows),
        grouped(loaded.rows_per_second()),
        reports + undone,
        start.elapsed().as_secs_f64(),
    );
    Ok(())
}
