//! Drops the rows of a changing statement, and ends.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};
    use wasmysql_test_programs::series;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let insert =
            format!("INSERT INTO f1 SELECT seq FROM {} AS series RETURNING id, REPEAT('x', 30)", series(200_000));
        drop(engine.query(insert, ()).await?);
        Ok(())
    }
}
