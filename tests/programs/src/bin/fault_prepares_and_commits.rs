//! Prepares two transactions of two rows each, and commits them: the first on its own connection,
//! the second on another connection.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, Result};

    /// No prepared transaction has this xid, or its connection is still open.
    const UNKNOWN_XID: u16 = 1397;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase("first").await?;
        insert(&mut tx, [1, 2]).await?;
        tx.prepare().await?.commit().await?;
        println!("first");
        let mut tx = conn.begin_twophase("second").await?;
        insert(&mut tx, [3, 4]).await?;
        drop(tx.prepare().await?);
        drop(conn);
        let mut conn = engine.acquire().await?;
        while let Err(error) = conn.commit_prepared("second").await {
            assert_eq!(error.code(), Some(UNKNOWN_XID), "{error}");
        }
        println!("second");
        Ok(())
    }

    async fn insert(tx: &mut Connection, ids: [u32; 2]) -> Result<()> {
        for id in ids {
            tx.execute("INSERT INTO t VALUES (?)", (id,)).await?;
        }
        Ok(())
    }
}
