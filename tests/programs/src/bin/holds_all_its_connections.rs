//! Holds as many connections as it may, and is told when it wants one more.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Engine, ErrorKind, Limit, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::options().acquire_timeout(Duration::from_millis(300)).connect("main").await?;
        let mut held = vec![engine.acquire().await?, engine.acquire().await?];
        let start = Instant::now();
        let error = engine.acquire().await.expect_err("a third of two");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Connections));
        assert!(error.message().contains("(2 by its grant"), "{error}");
        assert!(start.elapsed() >= Duration::from_millis(300), "it did not wait");

        let other = Engine::options().acquire_timeout(Duration::from_millis(100)).connect("main").await;
        let error = other.expect_err("a second engine has no connections of its own");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Connections));

        held.pop().expect("two").close().await?;
        held.push(engine.acquire().await?);
        println!("{} held", held.len());
        Ok(())
    }
}
