//! Reads a million rows one by one, and prints their number, sum and size.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let sql = format!("SELECT seq, REPEAT('x', 300) AS filling FROM {} AS series", series(1_000_000));
        let mut rows = conn.query(sql, ()).await?;
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
