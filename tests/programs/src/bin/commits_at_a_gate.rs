//! Inserts a row in a transaction, waits at the gate that the argument names, commits, and prints
//! the outcome.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO done VALUES (1)", ()).await?;
        let passed: i32 = tx.query_scalar("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        assert_eq!(passed, 2, "the gate was not opened");
        println!("commits");
        match tx.commit().await {
            Ok(()) => println!("committed"),
            Err(error) => println!("{:?}, {:?}", error.kind(), error.transaction_state()),
        }
        Ok(())
    }
}
