//! Reads a computed number, inserts the argument in a transaction, and commits. Prints `committed`,
//! or the failed step and its error.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Error, Result};

    pub(super) async fn main() -> Result<()> {
        let id: u32 = std::env::args().nth(1).and_then(|id| id.parse().ok()).expect("a number");
        let mut step = "acquire";
        match commit(id, &mut step).await {
            Ok(()) => println!("committed"),
            Err(error) => println!("{step}: {:?}: {error}", error.kind()),
        }
        Ok(())
    }

    async fn commit(id: u32, step: &mut &str) -> Result<(), Error> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        *step = "read";
        let read: u32 = conn.query_scalar("SELECT ? * 2", (id,)).await?;
        assert_eq!(read, id * 2, "a wrong value");
        *step = "begin";
        let mut tx = conn.begin().await?;
        *step = "insert";
        tx.execute("INSERT INTO kept VALUES (?)", (id,)).await?;
        *step = "commit";
        tx.commit().await
    }
}
