//! Leaves every kind of session state that a guest can create, and ends.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.query_scalar::<i32>("SELECT @trace := 1", ()).await?;
        conn.execute("CREATE TEMPORARY TABLE trace (id INT)", ()).await?;
        conn.execute("INSERT INTO counted VALUES (NULL)", ()).await?;
        assert_eq!(conn.query_scalar::<i32>("SELECT GET_LOCK(?, 0)", (lock(),)).await?, 1);
        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO counted VALUES (NULL)", ()).await?;
        println!("session {}", tx.query_scalar::<u64>("SELECT CONNECTION_ID()", ()).await?);
        // Nothing is committed or closed. The end of the program drops everything.
        Ok(())
    }

    fn lock() -> String {
        std::env::args().nth(1).expect("the lock's name")
    }
}
