//! A schema change commits its transaction implicitly, and later calls report that.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{AbortReason, Engine, ErrorKind, Result, TransactionOptions, TransactionState};

    const COMMITTED: ErrorKind = ErrorKind::TransactionAborted(AbortReason::ImplicitCommit);

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE kept (id INT)", ()).await?;

        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO kept VALUES (1)", ()).await?;
        tx.execute("CREATE TABLE made (id INT)", ()).await?;
        assert_eq!(tx.transaction_state(), TransactionState::None);
        assert!(!tx.is_active());
        let error = tx.execute("INSERT INTO kept VALUES (2)", ()).await.expect_err("the transaction has ended");
        assert_eq!(error.kind(), &COMMITTED);
        let error = tx.rollback().await.expect_err("nothing can be rolled back");
        assert_eq!(error.kind(), &COMMITTED);
        assert_eq!(conn.query_scalar::<u32>("SELECT SUM(id) FROM kept", ()).await?, 1, "the first row was committed");

        let mut tx = conn.begin().await?;
        tx.execute("INSERT INTO kept VALUES (10)", ()).await?;
        tx.execute("DROP TABLE made", ()).await?;
        let error = tx.commit().await.expect_err("another statement committed it");
        assert_eq!(error.kind(), &COMMITTED);
        assert_eq!(conn.query_scalar::<u32>("SELECT SUM(id) FROM kept", ()).await?, 11);
        conn.begin().await?.commit().await?;

        // The server executes it in a read-only transaction too.
        let mut tx = conn.begin_with(TransactionOptions::new().read_only(true)).await?;
        tx.execute("CREATE TABLE made (id INT)", ()).await?;
        let error = tx.commit().await.expect_err("another statement committed it");
        assert_eq!(error.kind(), &COMMITTED);
        conn.execute("INSERT INTO made VALUES (100)", ()).await.map(drop)
    }
}
