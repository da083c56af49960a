//! Reads a million rows one by one, and prints their number, sum and size.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut rows = conn.query("SELECT seq, REPEAT('x', 300) AS filling FROM seq_1_to_1000000", ()).await?;
        let (mut count, mut sum, mut bytes) = (0_u64, 0_u64, 0);
        while let Some(row) = rows.next().await? {
            count += 1;
            sum += row.get::<u64>("seq")?;
            bytes += row.get::<&str>("filling")?.len();
        }
        drop(rows);
        println!("{count} rows, sum {sum}, {bytes} bytes");
        // The connection runs its next statement.
        assert_eq!(conn.query_scalar::<i32>("SELECT 1", ()).await?, 1);
        Ok(())
    }
}
