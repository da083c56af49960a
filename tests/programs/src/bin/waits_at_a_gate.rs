//! Acquires a connection, and holds it until the gate that the argument names opens.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let passed: i32 = conn.query_scalar("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        assert_eq!(passed, 2, "the gate was not opened");
        println!("through");
        Ok(())
    }
}
