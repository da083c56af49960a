//! Locks a row in a transaction, sets a user variable, and traps.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, Result};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        tx.execute("UPDATE locked SET value = value + 1 WHERE id = 1", ()).await?;
        tx.query_scalar::<i32>("SELECT @trace := 1", ()).await?;
        println!("locked");
        panic!("on purpose");
    }
}
