//! Runs each argument as a statement, reads its rows one by one, and prints their number and the
//! error, if any. The first batch has no rows.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result, Statement};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        for sql in std::env::args().skip(1) {
            let mut count = 0;
            match read(&mut conn, &sql, &mut count).await {
                Ok(()) => println!("{count} rows"),
                Err(error) => println!("{count} rows, {:?}: {error}", error.kind()),
            }
        }
        Ok(())
    }

    async fn read(conn: &mut Connection, sql: &str, count: &mut u64) -> Result<()> {
        let mut rows = conn.query(Statement::new(sql).first_rows(0), ()).await?;
        while rows.next().await?.is_some() {
            *count += 1;
        }
        Ok(())
    }
}
