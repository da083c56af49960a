//! A transaction closure is committed if it succeeds and rolled back if it fails. It is repeated
//! only if the transaction was lost.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{
        AbortReason, Connection, Engine, Error, ErrorKind, Result, RetryOptions, TransactionOptions, TransactionState,
    };

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        engine.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
        commits_on_success(&engine).await?;
        rolls_back_on_error(&engine).await?;
        begins_with_its_options(&engine).await?;
        let mut conn = engine.acquire().await?;
        on_a_connection(&mut conn).await?;
        inside_a_transaction_it_is_a_savepoint(&mut conn).await
    }

    async fn ids(conn: &mut Connection) -> Result<Vec<i32>> {
        conn.query_all_as("SELECT id FROM t ORDER BY id", ()).await
    }

    async fn commits_on_success(engine: &Engine) -> Result<()> {
        let count = engine
            .transaction(async |tx| {
                tx.execute("INSERT INTO t VALUES (1)", ()).await?;
                tx.query_scalar::<u8>("SELECT COUNT(*) FROM t", ()).await
            })
            .await?;
        assert_eq!(count, 1);
        assert_eq!(ids(&mut engine.acquire().await?).await?, [1]);
        Ok(())
    }

    /// A custom error type of a plugin.
    #[derive(Debug)]
    enum Refused {
        TooMany(u8),
        Database(Error),
    }

    impl From<Error> for Refused {
        fn from(error: Error) -> Self {
            Self::Database(error)
        }
    }

    async fn rolls_back_on_error(engine: &Engine) -> Result<()> {
        let mut attempts = 0;
        let refused = engine
            .transaction(async |tx| {
                attempts += 1;
                tx.execute("INSERT INTO t VALUES (2)", ()).await?;
                match tx.query_scalar("SELECT COUNT(*) FROM t", ()).await? {
                    count @ 2.. => Err(Refused::TooMany(count)),
                    _ => Ok(()),
                }
            })
            .await;
        assert!(matches!(refused, Err(Refused::TooMany(2))), "{refused:?}");
        let duplicate = engine
            .transaction(async |tx| {
                attempts += 1;
                tx.execute("INSERT INTO t VALUES (2), (1)", ()).await?;
                Ok::<_, Refused>(())
            })
            .await;
        assert!(matches!(duplicate, Err(Refused::Database(error)) if error.code() == Some(1062)));
        // An inner rollback: nothing is committed, whether or not the closure returns an error.
        for fails in [true, false] {
            let result = engine
                .transaction(async |tx| {
                    attempts += 1;
                    tx.execute("INSERT INTO t VALUES (2)", ()).await?;
                    tx.begin().await?.rollback().await?;
                    if fails { Err(Refused::TooMany(0)) } else { Ok(()) }
                })
                .await;
            let reason = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
            match result {
                Err(Refused::TooMany(0)) => assert!(fails),
                Err(Refused::Database(error)) => assert_eq!((error.kind(), fails), (&reason, false)),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(attempts, 4, "no transaction is repeated");
        assert_eq!(ids(&mut engine.acquire().await?).await?, [1]);
        Ok(())
    }

    async fn begins_with_its_options(engine: &Engine) -> Result<()> {
        let options = RetryOptions::new().transaction(TransactionOptions::new().read_only(true));
        let refused = engine.transaction_with(options, async |tx| tx.execute("DELETE FROM t", ()).await).await;
        assert_eq!(refused.expect_err("the transaction is read-only").code(), Some(1792));
        Ok(())
    }

    async fn on_a_connection(conn: &mut Connection) -> Result<()> {
        conn.transaction(async |tx| tx.execute("INSERT INTO t VALUES (2)", ()).await).await?;
        assert_eq!(conn.transaction_state(), TransactionState::None);
        let failed = conn.transaction(async |tx| tx.execute("INSERT INTO t VALUES (3), (2)", ()).await).await;
        assert_eq!(failed.expect_err("a duplicate").code(), Some(1062));
        assert_eq!(ids(conn).await?, [1, 2]);
        Ok(())
    }

    async fn inside_a_transaction_it_is_a_savepoint(conn: &mut Connection) -> Result<()> {
        let mut outer = conn.begin().await?;
        outer.execute("INSERT INTO t VALUES (3)", ()).await?;
        let failed = outer.transaction(async |tx| tx.execute("INSERT INTO t VALUES (4), (1)", ()).await).await;
        assert_eq!(failed.expect_err("a duplicate").code(), Some(1062));
        outer.transaction(async |tx| tx.execute("INSERT INTO t VALUES (5)", ()).await).await?;
        let options = RetryOptions::new().transaction(TransactionOptions::new().read_only(true));
        let refused = outer.transaction_with(options, async |tx| tx.execute("DELETE FROM t", ()).await).await;
        assert_eq!(refused.expect_err("only the outermost transaction takes options").kind(), &ErrorKind::Argument);
        outer.commit().await?;
        assert_eq!(ids(conn).await?, [1, 2, 3, 5]);
        Ok(())
    }
}
