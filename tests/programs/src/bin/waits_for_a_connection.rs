//! Acquires a connection, runs one statement, and prints `served` or the error.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let opened = async { Engine::connect("main").await?.acquire().await };
        match opened.await {
            Ok(mut conn) => {
                conn.execute("INSERT INTO served VALUES (NULL)", ()).await?;
                println!("served");
            }
            Err(error) => println!("{:?}: {error}", error.kind()),
        }
        Ok(())
    }
}
