//! Engines behave as in aiomysql.sa, without its defects.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::{AbortReason, Connection, Engine, ErrorKind, Result, Statement, Step};
    use wasmysql_test_programs::{Server, refused, rule, series};

    const CLOSED: &str = "Cannot acquire connection after closing pool";

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let t = &mut engine.acquire().await?;
        t.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
        rule("an engine reports its name and its driver", names(&engine));
        rule("an engine reports the maximum, open and idle number of connections", sizes().await);
        rule("an acquire timeout reports the size and use of the pool", too_long().await);
        rule("execute on an engine acquires a connection for one statement", execute().await);
        rule("a connection works after its engine is dropped", without_its_engine().await);
        rule("a SELECT leaves no open transaction and no old snapshot", snapshots(&engine, t).await);
        rule("acquire after close fails with: Cannot acquire connection after closing pool", close(t).await);
        rule("terminate closes acquired connections, and close does not wait for them", terminate(t).await);
        Ok(())
    }

    fn names(engine: &Engine) -> Result<()> {
        let info = engine.info();
        assert_eq!((info.name.as_str(), info.driver.as_str()), ("mysql", "mysql_async"));
        assert_eq!(info.database, "main");
        Ok(())
    }

    async fn sizes() -> Result<()> {
        let one = Engine::connect("one").await?;
        let numbers = || {
            let status = one.status();
            (status.max_size, status.size, status.idle, status.in_use, status.waiting)
        };
        // Afterwards the connection that the engine used while it was opened is idle again.
        one.acquire().await?.close().await?;
        assert_eq!(numbers(), (1, 1, 1, 0, 0));
        let conn = one.acquire().await?;
        assert_eq!(numbers(), (1, 1, 0, 1, 0));
        conn.close().await?;
        assert_eq!(numbers(), (1, 1, 1, 0, 0), "nothing was sent, so the connection is idle immediately");
        Ok(())
    }

    async fn too_long() -> Result<()> {
        let one = Engine::options().acquire_timeout(Duration::from_millis(50)).connect("one").await?;
        let held = one.acquire().await?;
        let message = "no connection became free in time: the pool has 1 of 1 connections, 1 in use, 0 idle";
        let refusal = one.acquire().await;
        assert!(refusal.as_ref().is_err_and(|error| error.is_retryable()));
        refused(refusal, ErrorKind::Timeout(Step::Acquire), message);
        refused(one.execute("DO 1", ()).await, ErrorKind::Timeout(Step::Acquire), message);
        held.close().await?;
        one.acquire().await?.close().await
    }

    async fn execute() -> Result<()> {
        let one = Engine::options().acquire_timeout(Duration::from_millis(500)).connect("one").await?;
        one.execute("DO 1", ()).await?;
        assert_eq!(one.query_scalar::<u32>("SELECT 1", ()).await?, 1);
        one.execute("SELECT * FROM nowhere", ()).await.expect_err("no such table");
        let numbers = format!("SELECT seq FROM {} AS series", series(10));
        assert_eq!(one.query_all(&numbers, ()).await?.len(), 10);

        // A result with unread rows holds the only connection.
        let mut rows = one.query(Statement::new(&numbers).first_rows(1), ()).await?;
        let impatient = Engine::options().acquire_timeout(Duration::from_millis(50)).connect("one").await;
        refused(impatient, ErrorKind::Timeout(Step::Acquire), "no connection became free in time");
        while rows.next().await?.is_some() {}
        one.acquire().await?.close().await
    }

    async fn without_its_engine() -> Result<()> {
        let mut conn = Engine::connect("one").await?.acquire().await?;
        let mut tx = conn.begin().await?;
        assert_eq!(tx.query_scalar::<u32>("SELECT 1", ()).await?, 1);
        tx.commit().await?;
        conn.close().await
    }

    async fn snapshots(engine: &Engine, t: &mut Connection) -> Result<()> {
        let count = "SELECT COUNT(*) FROM t";
        let mut conn = engine.acquire().await?;
        assert_eq!(conn.query_scalar::<u32>(count, ()).await?, 0);
        if let Some(in_transaction) = Server::of(&engine.info()).in_transaction() {
            assert_eq!(conn.query_scalar::<u32>(in_transaction, ()).await?, 0);
        }
        t.execute("INSERT INTO t VALUES (1)", ()).await?;
        assert_eq!(conn.query_scalar::<u32>(count, ()).await?, 1, "rows of other connections are visible");

        // The same holds after a transaction has read the table and its connection was released.
        let one = Engine::connect("one").await?;
        let mut conn = one.acquire().await?;
        assert_eq!(conn.begin().await?.query_scalar::<u32>(count, ()).await?, 1);
        drop(conn);
        t.execute("INSERT INTO t VALUES (2)", ()).await?;
        assert_eq!(one.query_scalar::<u32>(count, ()).await?, 2);
        t.execute("DELETE FROM t", ()).await?;
        Ok(())
    }

    async fn close(t: &mut Connection) -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("INSERT INTO t VALUES (1)", ()).await?;
        conn.close().await?;
        engine.close().await?;
        refused(engine.acquire().await, ErrorKind::PoolClosed, CLOSED);
        refused(engine.execute("DO 1", ()).await, ErrorKind::PoolClosed, CLOSED);
        refused(engine.query("SELECT 1", ()).await, ErrorKind::PoolClosed, CLOSED);
        engine.close().await?;
        engine.terminate();
        assert_eq!(engine.info().database, "main");
        assert!(engine.status().max_size > 0);

        // `close` closed the engine, not the pool.
        Engine::connect("main").await?.acquire().await?.ping().await?;
        t.execute("DELETE FROM t", ()).await?;
        Ok(())
    }

    async fn terminate(t: &mut Connection) -> Result<()> {
        let engine = Engine::connect("main").await?;
        let (mut idle, mut busy) = (engine.acquire().await?, engine.acquire().await?);
        let mut tx = busy.begin().await?;
        tx.execute("INSERT INTO t VALUES (1)", ()).await?;
        engine.terminate();
        engine.terminate();
        engine.close().await?;
        assert!(idle.is_closed() && tx.is_closed() && !tx.is_active());
        refused(idle.execute("DO 1", ()).await, ErrorKind::PoolClosed, "");
        let lost = ErrorKind::TransactionAborted(AbortReason::ConnectionLost);
        refused(tx.execute("DO 1", ()).await, lost.clone(), "the transaction's connection is closed");
        refused(tx.commit().await, lost, "the transaction's connection is closed");
        refused(engine.acquire().await, ErrorKind::PoolClosed, CLOSED);
        idle.close().await?;
        busy.close().await?;
        assert_eq!(t.query_scalar::<u32>("SELECT COUNT(*) FROM t", ()).await?, 0);
        Ok(())
    }
}
