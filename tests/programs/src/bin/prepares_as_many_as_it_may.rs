//! Leaves as many prepared transactions as it may, is refused one more, and decides one to have another.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Limit, Result};

    /// There is none, or its connection still has it.
    const UNKNOWN_XID: u16 = 1397;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("2 prepared").await?;
        for xid in ["first", "second"] {
            prepare(&engine, xid).await?;
        }
        refused(&engine, "2 prepared transactions that nobody has decided, and the grant allows 2").await?;
        let mut conn = engine.acquire().await?;
        while let Err(error) = conn.rollback_prepared("first").await {
            assert_eq!(error.code(), Some(UNKNOWN_XID), "{error}");
        }
        prepare(&engine, "third").await?;
        refused(&engine, "the grant allows 2").await?;
        for xid in ["second", "third"] {
            while let Err(error) = conn.rollback_prepared(xid).await {
                assert_eq!(error.code(), Some(UNKNOWN_XID), "{error}");
            }
        }
        refused(&Engine::connect("none prepared").await?, "the grant allows 0").await
    }

    /// Prepares a transaction, and leaves it.
    async fn prepare(engine: &Engine, xid: &str) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase(xid).await?;
        tx.execute("INSERT INTO prepared VALUES (1)", ()).await?;
        drop(tx.prepare().await?);
        Ok(())
    }

    async fn refused(engine: &Engine, words: &str) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let error = conn.begin_twophase("another").await.map(drop).expect_err("one too many");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::PreparedTransactions), "{error}");
        assert!(error.message().contains(words), "{error}");
        conn.ping().await
    }
}
