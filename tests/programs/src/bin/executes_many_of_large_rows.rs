//! `execute_many` with rows of different sizes, at a server whose packets have 64 KiB.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result, Value};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE large_rows (id INT PRIMARY KEY, v LONGBLOB)", ()).await?;
        // Each call has 50,000 bytes. Half a packet is the limit of one command.
        let calls: [&[usize]; 4] = [&[500; 100], &[50_000], &[10, 40_000, 10, 9_000], &[25_000, 25_000]];
        for sizes in calls {
            let rows = |byte: u8| sizes.iter().zip(0..).map(move |(size, id)| (id, Value::Bytes(vec![byte; *size])));
            let done = conn.execute_many("INSERT INTO large_rows VALUES (?, ?)", rows(b'a')).await?;
            assert_eq!(done.rows_affected(), sizes.len() as u64);
            let rows = rows(b'b').map(|(id, value)| (value, id));
            let done = conn.execute_many("UPDATE large_rows SET v = ? WHERE id = ?", rows).await?;
            assert_eq!(done.rows_affected(), sizes.len() as u64);
            let bytes: u64 = conn.query_scalar("SELECT SUM(LENGTH(REPLACE(v, 'a', ''))) FROM large_rows", ()).await?;
            assert_eq!(bytes, sizes.iter().sum::<usize>() as u64);
            let done = conn.execute_many("DELETE FROM large_rows WHERE id = ?", (0..100).map(|id| (id,))).await?;
            assert_eq!(done.rows_affected(), sizes.len() as u64);
        }
        Ok(())
    }
}
