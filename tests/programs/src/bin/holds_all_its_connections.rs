//! Holds as many connections as the grant allows. A further acquire fails with the limit's error.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Engine, ErrorKind, Limit, Result};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::options().acquire_timeout(Duration::from_millis(300)).connect("main").await?;
        let mut held = vec![engine.acquire().await?, engine.acquire().await?];
        let start = Instant::now();
        let error = engine.acquire().await.expect_err("a third connection of at most two");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Connections));
        assert!(error.message().contains("its grant allows 2"), "{error}");
        assert!(start.elapsed() >= Duration::from_millis(300), "the call did not wait for the acquire timeout");

        let other = Engine::options().acquire_timeout(Duration::from_millis(100)).connect("main").await;
        let error = other.expect_err("a second engine shares the limit of connections");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Connections));

        held.pop().expect("two connections").close().await?;
        held.push(engine.acquire().await?);
        println!("{} held", held.len());
        Ok(())
    }
}
