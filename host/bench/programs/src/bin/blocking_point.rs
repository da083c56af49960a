//! Looks up one row by its key on one connection, through the blocking API. The first argument is
//! the number of lookups.

use wasmysql::blocking::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
fn main() -> Result<()> {
    let mut conn = Engine::connect("main")?.acquire()?;
    let mut sum = 0;
    for time in 0..argument(1) {
        let row = conn.query_one("SELECT id, name FROM point WHERE id = ?", (time % 1000 + 1,))?;
        sum += row.get::<i64>(0)? + row.get::<&str>(1)?.len() as i64;
    }
    println!("{sum}");
    Ok(())
}
