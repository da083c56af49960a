//! The options of a transaction apply only to that transaction.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, IsolationLevel, Result, ServerClass, TransactionOptions};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::options().isolation(IsolationLevel::ReadCommitted).connect("main").await?;
        let mut conn = engine.acquire().await?;
        let mut other = engine.acquire().await?;
        conn.execute("CREATE TABLE options (id INT)", ()).await?;

        assert!(sees_later_commits(&mut conn, &mut other, TransactionOptions::new()).await?);
        let repeatable = TransactionOptions::new().isolation(IsolationLevel::RepeatableRead);
        assert!(!sees_later_commits(&mut conn, &mut other, repeatable).await?);
        assert!(sees_later_commits(&mut conn, &mut other, TransactionOptions::new()).await?);

        let mut tx = conn.begin_with(TransactionOptions::new().read_only(true)).await?;
        let error = tx.execute("INSERT INTO options VALUES (0)", ()).await.expect_err("a write");
        assert_eq!((error.code(), error.server_class()), (Some(1792), Some(ServerClass::ReadOnly)));
        tx.commit().await?;
        conn.execute("INSERT INTO options VALUES (0)", ()).await?;

        let snapshot = TransactionOptions::new().consistent_snapshot(true);
        let error = conn.begin_with(snapshot).await.expect_err("the engine's level is read-committed");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        let mut tx = conn.begin_with(snapshot.isolation(IsolationLevel::RepeatableRead)).await?;
        let before = count(&mut other).await?;
        other.execute("INSERT INTO options VALUES (1)", ()).await?;
        assert_eq!(count(&mut tx).await?, before, "the snapshot was taken at begin");
        tx.commit().await
    }

    async fn sees_later_commits(
        conn: &mut Connection,
        other: &mut Connection,
        options: TransactionOptions,
    ) -> Result<bool> {
        let mut tx = conn.begin_with(options).await?;
        let before = count(&mut tx).await?;
        other.execute("INSERT INTO options VALUES (2)", ()).await?;
        let after = count(&mut tx).await?;
        tx.commit().await?;
        Ok(after > before)
    }

    async fn count(conn: &mut Connection) -> Result<u32> {
        conn.query_scalar("SELECT COUNT(*) FROM options", ()).await
    }
}
