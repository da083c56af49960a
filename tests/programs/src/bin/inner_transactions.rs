//! An inner transaction is emulated: its commit sends nothing, and its rollback rolls back the
//! outer transaction.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{AbortReason, Connection, Engine, ErrorKind, IsolationLevel, Result, TransactionOptions};

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute("CREATE TABLE inner_outer (id INT)", ()).await?;

        let mut outer = conn.begin().await?;
        insert(&mut outer, 1).await?;
        let mut inner = outer.begin().await?;
        insert(&mut inner, 2).await?;
        inner.commit().await?;
        outer.commit().await?;
        assert_eq!(count(&mut conn).await?, 2, "both committed");

        let mut outer = conn.begin().await?;
        let mut inner = outer.begin().await?;
        insert(&mut inner, 3).await?;
        inner.commit().await?;
        outer.rollback().await?;
        assert_eq!(count(&mut conn).await?, 2, "the inner commit has no effect");

        let mut outer = conn.begin().await?;
        insert(&mut outer, 4).await?;
        outer.begin().await?.rollback().await?;
        let error = insert(&mut outer, 5).await.expect_err("a statement after an inner rollback");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::InnerRollback));
        assert!(!outer.is_active());
        let error = outer.commit().await.expect_err("a commit after an inner rollback");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::InnerRollback));
        assert_eq!(count(&mut conn).await?, 2, "the outer transaction was rolled back");

        let mut outer = conn.begin().await?;
        insert(&mut outer, 6).await?;
        drop(outer.begin().await?);
        let error = insert(&mut outer, 7).await.expect_err("a statement after an inner drop");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::InnerRollback));
        outer.rollback().await?;
        assert_eq!(count(&mut conn).await?, 2);

        let mut outer = conn.begin().await?;
        let options = TransactionOptions::new().isolation(IsolationLevel::Serializable);
        let error = outer.begin_with(options).await.expect_err("options of an inner transaction");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        insert(&mut outer, 8).await?;
        outer.commit().await?;
        assert_eq!(count(&mut conn).await?, 3, "a refused begin has no effect");
        Ok(())
    }

    async fn insert(conn: &mut Connection, id: i32) -> Result<()> {
        conn.execute("INSERT INTO inner_outer VALUES (?)", (id,)).await.map(drop)
    }

    async fn count(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar("SELECT COUNT(*) FROM inner_outer", ()).await
    }
}
