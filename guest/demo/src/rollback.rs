//! Shows a change that is rolled back.

use crate::table::grouped;
use wasmysql::{Connection, Result};

/// Deletes the flights of an airline in a transaction and rolls it back. Prints the number of
/// flights after each step and returns the number of queries.
pub(crate) async fn show(conn: &mut Connection) -> Result<usize> {
    println!("Rollback\nThe plugin deletes the flights of United Airlines in a transaction and rolls it back.\n");

    let before = count(conn).await?;
    let mut tx = conn.begin().await?;
    let deleted = tx.execute("DELETE FROM flights WHERE carrier = ?", ("UA",)).await?.rows_affected();
    let during = count(&mut tx).await?;
    tx.rollback().await?;
    let after = count(conn).await?;

    println!("  before                  {:>6} flights", grouped(before));
    println!("  in the transaction      {:>6} flights, {} deleted", grouped(during), grouped(deleted));
    println!("  after the rollback      {:>6} flights\n", grouped(after));
    Ok(4)
}

async fn count(conn: &mut Connection) -> Result<u64> {
    conn.query_scalar("SELECT COUNT(*) FROM flights", ()).await
}
