//! Updates 100 rows in one call of `execute_many`, alone or in a transaction. Prints the error and
//! the part of its message that names rows, and whether the connection is usable.

use wasmysql::{Connection, Engine, Error, Result};

const UPDATE: &str = "UPDATE rows_in_bulk SET n = ? WHERE id = ?";

#[wasmysql::main]
async fn main() -> Result<()> {
    let how = std::env::args().nth(1).expect("how to call");
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    let rows = || (0..100).map(|id| (1, id));
    match how.as_str() {
        "alone" => {
            let error = conn.execute_many(UPDATE, rows()).await.expect_err("the call is stopped");
            report(&error, &mut conn).await;
        }
        "in a transaction" => {
            let mut tx = conn.begin().await?;
            let error = tx.execute_many(UPDATE, rows()).await.expect_err("the call is stopped");
            drop(tx);
            report(&error, &mut conn).await;
        }
        how => panic!("unknown call '{how}'"),
    }
    Ok(())
}

async fn report(error: &Error, conn: &mut Connection) {
    let place = error.message().rsplit_once('(').map_or("", |(_, place)| place.trim_end_matches(')'));
    let next = if conn.execute("DO 1", ()).await.is_ok() { "usable" } else { "closed" };
    let kind = match error.code() {
        Some(code) => code.to_string(),
        None => format!("{:?}", error.kind()),
    };
    println!("{kind}, {place}, {next}");
}
