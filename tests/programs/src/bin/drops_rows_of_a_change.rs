//! Drops the rows of a changing statement, and ends.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let insert = "INSERT INTO f1 SELECT seq FROM seq_1_to_200000 RETURNING id, REPEAT('x', 30)";
        drop(engine.query(insert, ()).await?);
        Ok(())
    }
}
