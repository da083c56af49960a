//! Prepares as many transactions as the grant allows. A further one is refused until one is rolled
//! back.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Engine, ErrorKind, Limit, Result};

    /// No prepared transaction has this xid, or its connection is still open.
    const UNKNOWN_XID: u16 = 1397;

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("2 prepared").await?;
        for xid in ["first", "second"] {
            prepare(&engine, xid).await?;
        }
        refused(&engine, "2 prepared transactions that are not decided, and the grant allows 2").await?;
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

    /// Prepares a transaction, and drops it.
    async fn prepare(engine: &Engine, xid: &str) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase(xid).await?;
        tx.execute("INSERT INTO prepared VALUES (1)", ()).await?;
        drop(tx.prepare().await?);
        Ok(())
    }

    async fn refused(engine: &Engine, message: &str) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let error = conn.begin_twophase("another").await.map(drop).expect_err("the limit is reached");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::PreparedTransactions), "{error}");
        assert!(error.message().contains(message), "{error}");
        conn.ping().await
    }
}
