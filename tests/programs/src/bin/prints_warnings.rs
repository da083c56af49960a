//! Runs each argument as a statement, and prints its outcome and its warnings.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        for sql in std::env::args().skip(1) {
            match conn.execute(&sql, ()).await {
                Ok(_) => println!("done"),
                Err(error) => println!("{}: {error}", error.code().unwrap_or_default()),
            }
            for warning in conn.warnings().await? {
                println!("{}: {}", warning.code, warning.message);
            }
        }
        Ok(())
    }
}
