//! Inserts ten thousand rows in one call.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE ten_thousand (id INT PRIMARY KEY, name VARCHAR(20), amount DECIMAL(10,2))", ())
            .await?;
        let rows = (0..10_000).map(|id| (id, format!("name {id}"), f64::from(id) / 4.0));
        let done = conn.insert_many("ten_thousand", &["id", "name", "amount"], rows).await?;
        assert_eq!(done.rows_affected(), 10_000);
        let sum: f64 = conn.query_scalar("SELECT SUM(amount) FROM ten_thousand", ()).await?;
        assert_eq!(sum, 12_498_750.0);
        Ok(())
    }
}
