//! Locks a row in a transaction, and leaves the transaction idle until the gate opens. Then prints
//! the outcome of a statement and of the commit.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let gate = std::env::args().nth(1).expect("the gate");
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut other = engine.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("UPDATE locked SET value = value + 1", ()).await?;
        println!("locked");
        let passed: i32 = other.query_scalar("SELECT GET_LOCK(?, 20) + RELEASE_LOCK(?)", (&gate, &gate)).await?;
        assert_eq!(passed, 2, "the gate was not opened");
        print(tx.execute("DO 1", ()).await.map(drop));
        print(tx.commit().await);
        // The engine's next connection is usable.
        assert_eq!(engine.acquire().await?.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        Ok(())
    }

    fn print(result: Result<()>) {
        match result {
            Ok(()) => println!("done"),
            Err(error) => println!("{:?}, {:?}", error.kind(), error.transaction_state()),
        }
    }
}
