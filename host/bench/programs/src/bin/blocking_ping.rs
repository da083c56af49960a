//! Pings the server through the blocking API. The first argument is the number of pings.

use wasmysql::blocking::{Engine, Result};
use wasmysql_bench_programs::argument;

#[wasmysql::main]
fn main() -> Result<()> {
    let mut conn = Engine::connect("main")?.acquire()?;
    let times: u32 = argument(1);
    for _ in 0..times {
        conn.ping()?;
    }
    println!("{times}");
    Ok(())
}
