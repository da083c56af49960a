//! Ends two transactions at a server that has stopped answering: one with a rollback, one with a
//! drop. Prints how long each takes, which is the host's timeout.

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
        // The test stops the server's responses meanwhile.
        let pause = Statement::new("DO SLEEP(30)").timeout(Duration::from_secs(2));
        let error = engine.execute(pause, ()).await.expect_err("the server does not answer");
        assert_eq!(error.kind(), &ErrorKind::Timeout(Step::Execute));

        let start = Instant::now();
        let error = tx.rollback().await.expect_err("the server does not answer");
        report("rollback", &error, start);
        drop(dropped);
        let start = Instant::now();
        let error = second.execute("DO 1", ()).await.expect_err("the server does not answer");
        report("drop", &error, start);
        Ok(())
    }

    fn report(action: &str, error: &Error, start: Instant) {
        println!("{action}: {:?} after {} s", error.kind(), start.elapsed().as_secs());
    }
}
