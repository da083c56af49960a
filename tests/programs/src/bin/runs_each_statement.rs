//! Runs each argument as a statement, and prints one line for each: the affected rows, or the
//! error.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let opened = async { Engine::connect("main").await?.acquire().await };
        let mut conn = match opened.await {
            Ok(conn) => conn,
            Err(error) => {
                println!("{:?}: {error}", error.kind());
                return Ok(());
            }
        };
        for sql in std::env::args().skip(1) {
            match run(&mut conn, &sql).await {
                Ok(done) => println!("{done}"),
                Err(error) => println!("{:?}: {error}", error.kind()),
            }
        }
        Ok(())
    }

    async fn run(conn: &mut Connection, sql: &str) -> Result<String> {
        let done = conn.execute(sql, ()).await?;
        Ok(format!("done, {} rows", done.rows_affected()))
    }
}
