//! A change that is undone.

use crate::table::grouped;
use wasmysql::{Connection, Result};

/// Deletes an airline's flights in a transaction and rolls it back, with the number of flights at each step; tells
/// how many queries that took.
pub(crate) async fn show(conn: &mut Connection) -> Result<usize> {
    println!("What if United had never flown?\nIts flights are deleted in a transaction, which is then rolled back.\n");

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
