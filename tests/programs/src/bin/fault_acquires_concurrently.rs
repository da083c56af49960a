//! Acquires connections, holds all of them, and runs a query on each. The argument is their number.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let wanted: usize =
            std::env::args().nth(1).and_then(|count| count.parse().ok()).expect("the number of connections");
        let engine = Engine::connect("main").await?;
        let mut held = Vec::new();
        for _ in 0..wanted {
            held.push(engine.acquire().await?);
        }
        for conn in &mut held {
            assert_eq!(conn.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        }
        println!("{} acquired", held.len());
        Ok(())
    }
}
