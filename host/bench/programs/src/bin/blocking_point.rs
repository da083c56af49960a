//! Looks one row up by its key, as often as the first argument says, on one connection, without `async`.

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
