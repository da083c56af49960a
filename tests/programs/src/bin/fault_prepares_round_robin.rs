//! Runs a hundred different statements on its connections in turn, and at the end a statement that
//! it prepared at the start.
//!
//! The argument is the number of connections.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let connections = std::env::args().nth(1).and_then(|argument| argument.parse().ok()).expect("a number");
        let engine = Engine::connect("main").await?;
        let mut conns = Vec::new();
        for _ in 0..connections {
            conns.push(engine.acquire().await?);
        }
        let held = conns[0].prepare("SELECT 'held'").await?;
        for number in 0..100 {
            let conn = &mut conns[number % connections];
            let found: usize = conn.query_scalar(format!("SELECT {number}"), ()).await?;
            assert_eq!(found, number, "the result of another statement");
        }
        let found: String = conns[0].query_scalar(&held, ()).await?;
        println!("{found}");
        Ok(())
    }
}
