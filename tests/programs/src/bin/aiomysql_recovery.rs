//! The xids of two-phase transactions, and prepared transactions whose connection is closed.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, IsolationLevel, Result, TransactionState};
    use wasmysql_test_programs::{Server, refused, refused_by_server, rule};

    const UNKNOWN_XID: u16 = 1397;
    const XID_IN_USE: u16 = 1440;

    pub(super) async fn main() -> Result<()> {
        let engine = &Engine::connect("main").await?;
        let t = &mut engine.acquire().await?;
        t.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
        rule("a two-phase transaction uses the given xid or a generated one", names(t).await);
        rule("an xid may contain any text, including quotes and backslashes", any_text(engine, t).await);
        rule("an empty or too long xid is refused, and no transaction starts", of_no_length(t).await);
        rule("an xid in use fails with 1440, and no transaction starts", in_use(engine, t).await);
        rule("recover_twophase returns the xids of all prepared transactions", recover(engine, t).await);
        rule("a dropped prepared transaction stays prepared, and its connection is closed", dropped(engine, t).await);
        rule("any connection can commit or roll back prepared transactions", decided(engine, t).await);
        rule("only MySQL ends a prepared transaction that another connection holds", held(engine, t).await);
        rule("committing or rolling back an unknown or ended xid fails with 1397", unknown(engine, t).await);
        rule(
            "commit_prepared within a transaction fails, and that transaction stays open",
            within_another(engine, t).await,
        );
        rule("a lost connection rolls back its transaction unless it is prepared", lost(engine, t).await);
        rule("two-phase transactions use the engine's isolation level", isolation(t).await);
        rule("a read-only engine refuses two-phase transactions", read_only().await);
        Ok(())
    }

    async fn names(conn: &mut Connection) -> Result<()> {
        let tx = conn.begin_twophase("order 1138").await?;
        assert_eq!(tx.xid(), "order 1138");
        assert!(tx.is_active());
        assert_eq!(tx.transaction_state(), TransactionState::Open);
        tx.rollback().await?;
        let mut made = Vec::new();
        for _ in 0..2 {
            let tx = conn.begin_twophase(None).await?;
            made.push(tx.xid().to_owned());
            tx.rollback().await?;
        }
        assert!(made[0] != made[1] && made.iter().all(|xid| (1..=64).contains(&xid.len())), "{made:?}");
        Ok(())
    }

    async fn any_text(engine: &Engine, t: &mut Connection) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let longest = "é".repeat(32);
        for xid in ["it's", "\"\"", "\\", "\\'; DROP TABLE t; -- ", "één 🦀", "a,b", "%s ? :x", "\0\n\t", "x", &longest]
        {
            let mut tx = conn.begin_twophase(xid).await?;
            assert_eq!(tx.xid(), xid);
            insert(&mut tx, 1).await?;
            tx.commit().await?;
            let mut tx = conn.begin_twophase(xid).await?;
            insert(&mut tx, 2).await?;
            let prepared = tx.prepare().await?;
            assert_eq!(t.recover_twophase().await?, [xid]);
            prepared.commit().await?;
            assert_eq!(take_ids(t).await?, "1,2", "{xid:?}");
        }
        Ok(())
    }

    async fn of_no_length(conn: &mut Connection) -> Result<()> {
        for xid in ["", &"x".repeat(65), &"é".repeat(33)] {
            refused(conn.begin_twophase(xid).await, ErrorKind::Argument, "an xid must have 1 to 64 bytes");
            refused(conn.commit_prepared(xid).await, ErrorKind::Argument, "an xid must have 1 to 64 bytes");
            assert_eq!(conn.transaction_state(), TransactionState::None);
        }
        conn.begin_twophase(None).await?.commit().await
    }

    async fn in_use(engine: &Engine, t: &mut Connection) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase("in use").await?;
        insert(&mut tx, 1).await?;
        refused_by_server(t.begin_twophase("in use").await, XID_IN_USE);
        let prepared = tx.prepare().await?;
        refused_by_server(t.begin_twophase("in use").await, XID_IN_USE);
        assert_eq!(t.transaction_state(), TransactionState::None);
        t.begin_twophase("another").await?.commit().await?;
        prepared.commit().await?;
        assert_eq!(take_ids(t).await?, "1");
        Ok(())
    }

    async fn recover(engine: &Engine, t: &mut Connection) -> Result<()> {
        assert!(t.recover_twophase().await?.is_empty());
        let (mut one, mut other) = (engine.acquire().await?, engine.acquire().await?);
        let first = one.begin_twophase("first").await?.prepare().await?;
        let second = other.begin_twophase("second").await?;
        assert_eq!(t.recover_twophase().await?, ["first"], "the second transaction is not prepared");
        let second = second.prepare().await?;
        let mut xids = t.recover_twophase().await?;
        xids.sort();
        assert_eq!(xids, ["first", "second"]);
        first.rollback().await?;
        assert_eq!(t.recover_twophase().await?, ["second"]);
        second.commit().await?;
        assert!(t.recover_twophase().await?.is_empty());
        Ok(())
    }

    async fn dropped(engine: &Engine, t: &mut Connection) -> Result<()> {
        let mut conn = prepare_and_drop(engine, t, "dropped", 1).await?;
        assert!(conn.is_closed());
        assert_eq!(conn.transaction_state(), TransactionState::None);
        let message = "This connection is closed: its prepared transaction was dropped, and waits for commit-prepared";
        refused(conn.execute("DO 1", ()).await, ErrorKind::ResourceClosed, message);
        refused(conn.begin().await, ErrorKind::ResourceClosed, message);
        conn.close().await?;
        assert_eq!(t.recover_twophase().await?, ["dropped"]);
        t.rollback_prepared("dropped").await?;
        assert_eq!(take_ids(t).await?, "");
        Ok(())
    }

    async fn decided(engine: &Engine, t: &mut Connection) -> Result<()> {
        for id in 1..=4 {
            prepare_and_drop(engine, t, &format!("transaction {id}"), id).await?;
        }
        for xid in t.recover_twophase().await? {
            if xid.ends_with(['1', '3']) { t.commit_prepared(&xid).await? } else { t.rollback_prepared(&xid).await? }
        }
        assert!(t.recover_twophase().await?.is_empty());
        assert_eq!(take_ids(t).await?, "1,3");
        Ok(())
    }

    async fn held(engine: &Engine, t: &mut Connection) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase("held").await?;
        insert(&mut tx, 1).await?;
        refused_by_server(t.rollback_prepared("held").await, UNKNOWN_XID);
        let prepared = tx.prepare().await?;
        if Server::of(&engine.info()) == Server::MySql {
            t.commit_prepared("held").await?;
            refused_by_server(prepared.commit().await, UNKNOWN_XID);
        } else {
            refused_by_server(t.commit_prepared("held").await, UNKNOWN_XID);
            refused_by_server(t.rollback_prepared("held").await, UNKNOWN_XID);
            prepared.commit().await?;
        }
        assert_eq!(take_ids(t).await?, "1");
        Ok(())
    }

    async fn unknown(engine: &Engine, t: &mut Connection) -> Result<()> {
        prepare_and_drop(engine, t, "decided", 1).await?;
        t.rollback_prepared("decided").await?;
        for xid in ["decided", "unknown", "it's"] {
            refused_by_server(t.commit_prepared(xid).await, UNKNOWN_XID);
            refused_by_server(t.rollback_prepared(xid).await, UNKNOWN_XID);
        }
        t.begin().await?.commit().await
    }

    async fn within_another(engine: &Engine, t: &mut Connection) -> Result<()> {
        prepare_and_drop(engine, t, "waits", 1).await?;
        let message = "Cannot end a prepared transaction when a transaction is already in progress.";
        let mut tx = t.begin().await?;
        insert(&mut tx, 2).await?;
        refused(tx.commit_prepared("waits").await, ErrorKind::InvalidRequest, message);
        refused(tx.rollback_prepared("waits").await, ErrorKind::InvalidRequest, message);
        tx.commit().await?;
        t.commit_prepared("waits").await?;
        assert_eq!(take_ids(t).await?, "1,2");
        Ok(())
    }

    async fn lost(engine: &Engine, t: &mut Connection) -> Result<()> {
        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase("lost").await?;
        insert(&mut tx, 1).await?;
        let session = session_of(&mut tx).await?;
        t.execute(format!("KILL {session}"), ()).await?;
        wait_until_closed(t, session).await?;
        refused(tx.prepare().await, ErrorKind::ConnectionLost, "");
        assert!(t.recover_twophase().await?.is_empty());
        assert_eq!(take_ids(t).await?, "");

        let mut conn = engine.acquire().await?;
        let mut tx = conn.begin_twophase("kept").await?;
        insert(&mut tx, 1).await?;
        let session = session_of(&mut tx).await?;
        let prepared = tx.prepare().await?;
        t.execute(format!("KILL {session}"), ()).await?;
        wait_until_closed(t, session).await?;
        refused(prepared.commit().await, ErrorKind::CommitUnknown, "COMMIT was sent but not answered");
        assert!(conn.is_closed());
        assert_eq!(t.recover_twophase().await?, ["kept"]);
        t.commit_prepared("kept").await?;
        assert_eq!(take_ids(t).await?, "1");
        Ok(())
    }

    async fn isolation(t: &mut Connection) -> Result<()> {
        let levels = [(IsolationLevel::ReadCommitted, 1), (IsolationLevel::RepeatableRead, 0)];
        for (level, seen_later) in levels {
            let mut conn = Engine::options().isolation(level).connect("main").await?.acquire().await?;
            let mut tx = conn.begin_twophase(None).await?;
            let count = "SELECT COUNT(*) FROM t";
            assert_eq!(tx.query_scalar::<u32>(count, ()).await?, 0);
            insert(t, 1).await?;
            assert_eq!(tx.query_scalar::<u32>(count, ()).await?, seen_later, "{level:?}");
            tx.commit().await?;
            assert_eq!(take_ids(t).await?, "1");
        }
        Ok(())
    }

    async fn read_only() -> Result<()> {
        let mut conn = Engine::options().read_only(true).connect("main").await?.acquire().await?;
        refused(conn.begin_twophase(None).await, ErrorKind::StatementDenied, "");
        refused(conn.recover_twophase().await, ErrorKind::StatementDenied, "");
        refused(conn.commit_prepared("x").await, ErrorKind::StatementDenied, "");
        refused(conn.rollback_prepared("x").await, ErrorKind::StatementDenied, "");
        conn.begin().await?.commit().await
    }

    /// Prepares a transaction that inserts a number, drops it, and waits until its session has
    /// ended.
    async fn prepare_and_drop(engine: &Engine, t: &mut Connection, xid: &str, id: i32) -> Result<Connection> {
        let mut conn = engine.acquire().await?;
        let session = session_of(&mut conn).await?;
        let mut tx = conn.begin_twophase(xid).await?;
        insert(&mut tx, id).await?;
        drop(tx.prepare().await?);
        wait_until_closed(t, session).await?;
        Ok(conn)
    }

    async fn session_of(conn: &mut Connection) -> Result<u64> {
        conn.query_scalar("SELECT CONNECTION_ID()", ()).await
    }

    /// Waits until the server has closed a session.
    async fn wait_until_closed(t: &mut Connection, session: u64) -> Result<()> {
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?";
        while t.query_scalar::<u32>(sql, (session,)).await? > 0 {}
        Ok(())
    }

    async fn insert(conn: &mut Connection, id: i32) -> Result<()> {
        conn.execute("INSERT INTO t VALUES (?)", (id,)).await.map(drop)
    }

    /// Returns the committed ids, and empties the table.
    async fn take_ids(t: &mut Connection) -> Result<String> {
        let ids = t.query_scalar("SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM t", ()).await?;
        t.execute("DELETE FROM t", ()).await?;
        Ok(ids)
    }
}
