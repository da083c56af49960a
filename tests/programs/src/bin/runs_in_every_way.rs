//! Runs its argument by text, as a prepared statement, and for each of two rows without
//! parameters, and prints each outcome.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let sql = std::env::args().nth(1).unwrap_or_default();
        let mut conn = Engine::connect("main").await?.acquire().await?;
        for way in ["text", "prepared", "prepared again", "many"] {
            match run(&mut conn, way, &sql).await {
                Ok(rows) => println!("{way}: {rows} rows"),
                Err(error) => println!("{way}: {:?}: {error}", error.kind()),
            }
        }
        Ok(())
    }

    async fn run(conn: &mut Connection, way: &str, sql: &str) -> Result<u64> {
        let done = match way {
            "text" => conn.execute(sql, (1,)).await?,
            "many" => conn.execute_many(sql, [(2,), (3,)]).await?,
            _ => {
                let prepared = conn.prepare(sql).await?;
                conn.execute(&prepared, (4,)).await?
            }
        };
        Ok(done.rows_affected())
    }
}
