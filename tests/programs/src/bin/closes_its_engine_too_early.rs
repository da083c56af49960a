//! Closes an engine while the program still holds one of its connections: `close` times out.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Instant;

    use wasmysql::{Engine, ErrorKind, Result, Step};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut held = engine.acquire().await?;
        let start = Instant::now();
        let error = engine.close().await.expect_err("a connection is still acquired");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Acquire), "{error}");
        assert!(error.message().starts_with("1 connections"), "{error}");
        assert_eq!(start.elapsed().as_secs(), 30);
        // The connection still works, and the engine refuses further acquire calls.
        assert_eq!(held.query_scalar::<i32>("SELECT 42", ()).await?, 42);
        let error = engine.acquire().await.expect_err("a closed engine");
        assert_eq!(error.kind(), &ErrorKind::PoolClosed, "{error}");
        held.close().await?;
        engine.close().await
    }
}
