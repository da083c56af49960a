//! Drops the rows of the statement in its argument, and ends.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let statement = std::env::args().nth(1).expect("a statement");
        let engine = Engine::connect("main").await?;
        drop(engine.query(statement, ()).await?);
        Ok(())
    }
}
