//! Ends transactions at a server that has fallen silent: one with a rollback, one by dropping it. Each takes as long as the host waits.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::{Duration, Instant};

    use wasmysql::{Engine, Error, ErrorKind, Result, Statement, Step};

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let (mut first, mut second) = (engine.acquire().await?, engine.acquire().await?);
        let mut tx = first.begin().await?;
        tx.execute("INSERT INTO done VALUES (1)", ()).await?;
        let mut dropped = second.begin().await?;
        dropped.execute("INSERT INTO done VALUES (2)", ()).await?;
        // Meanwhile the server is made to fall silent.
        let pause = Statement::new("DO SLEEP(30)").timeout(Duration::from_secs(2));
        let error = engine.execute(pause, ()).await.expect_err("a server that is silent");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));

        let start = Instant::now();
        let error = tx.rollback().await.expect_err("a server that is silent");
        tell("rollback", &error, start);
        drop(dropped);
        let start = Instant::now();
        let error = second.execute("DO 1", ()).await.expect_err("a server that is silent");
        tell("drop", &error, start);
        Ok(())
    }

    fn tell(what: &str, error: &Error, start: Instant) {
        println!("{what}: {:?} after {} s", error.kind(), start.elapsed().as_secs());
    }
}
