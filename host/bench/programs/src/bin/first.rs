//! Acquires a connection and looks up one row.

use wasmysql::{Engine, Result};

#[wasmysql::main]
async fn main() -> Result<()> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    let (id, name): (i32, String) = conn.query_one_as("SELECT id, name FROM point WHERE id = ?", (1,)).await?;
    println!("{id} {name}");
    Ok(())
}
