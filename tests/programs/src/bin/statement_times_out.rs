//! A statement that exceeds its timeout is stopped, and its connection is closed. The engine stays
//! usable.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{AbortReason, Engine, ErrorKind, Result, Statement, Step};

    const SHORT: Duration = Duration::from_millis(200);

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        let start = Instant::now();
        let error = conn.query_all(Statement::new("SELECT SLEEP(10)").timeout(SHORT), ()).await.expect_err("too slow");
        let took = start.elapsed();
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));
        assert!((SHORT..Duration::from_secs(1)).contains(&took), "{took:?}");
        assert!(conn.is_closed());
        let error = conn.ping().await.expect_err("a closed connection");
        assert_eq!(error.kind(), &ErrorKind::ResourceClosed);

        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin().await?;
        let error = tx.execute(Statement::new("DO SLEEP(10)").timeout(SHORT), ()).await.expect_err("too slow");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));
        let error = tx.execute("DO 1", ()).await.expect_err("the transaction is aborted");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::Timeout));
        let error = tx.commit().await.expect_err("the transaction is aborted");
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted(AbortReason::Timeout));

        let slow = Engine::options().statement_timeout(SHORT).connect("main").await?;
        let error = slow.execute("DO SLEEP(10)", ()).await.expect_err("slower than the engine's timeout");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));
        let none = Statement::new("DO 1").timeout(Duration::ZERO);
        let error = engine.execute(none, ()).await.expect_err("a timeout of zero");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        Ok(())
    }
}
