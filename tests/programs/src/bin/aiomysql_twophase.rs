//! Two-phase transactions as aiomysql.sa means them: its own can be begun once a connection, and never recovered.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{AbortReason, ErrorKind, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, refused_by_server, rule};

    const INVALID: ErrorKind = ErrorKind::InvalidRequest;
    const INACTIVE: &str = "This transaction is inactive";

    pub(super) async fn main() -> Result<()> {
        let t = &mut Table::create().await?;
        rule("without prepare it is committed in one phase", one_phase(t).await);
        rule("prepared, it is active and can be committed", prepared(t).await);
        rule("prepared, it can only be decided: all else is refused", only_decided(t).await);
        rule("rolled back or closed, nothing is kept, prepared or not", undone(t).await);
        rule("dropped before prepare, nothing is kept", dropped(t).await);
        rule("closing its connection rolls it back, prepared or not", with_its_connection(t).await);
        rule("it ends once; after that rollback and close do nothing", ends_once(t).await);
        rule("after it the connection can begin anything, the same xid too", begins_anew(t).await);
        rule("only a two-phase transaction can be prepared", others_unprepared(t).await);
        rule("it can't be begun within a transaction, which goes on", within_another(t).await);
        rule("savepoints work within it", savepoints(t).await);
        rule("an inner rollback ends it", inner_rollback(t).await);
        rule("prepare ends what was begun within it", prepare_ends_inner(t).await);
        rule("a schema change within it is refused with 1399, and it goes on", schema_change(t).await);
        rule("without changes it can be prepared and committed", without_changes(t).await);
        Ok(())
    }

    async fn one_phase(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "one phase").await?;
        insert(&conn, 1).await?;
        assert_eq!(t.sees().await?, "");
        tx.commit().await?;
        assert!(!tx.is_active());
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn prepared(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "prepared").await?;
        insert(&conn, 1).await?;
        tx.prepare().await?;
        assert!(tx.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        assert_eq!(t.sees().await?, "");
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn only_decided(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "decided").await?;
        insert(&conn, 1).await?;
        tx.prepare().await?;
        let words = "This transaction is prepared";
        refused(tx.prepare().await, INVALID, words);
        refused(insert(&conn, 2).await, INVALID, words);
        refused(conn.begin(PLAIN).await, INVALID, words);
        refused(conn.begin_nested().await, INVALID, words);
        refused(conn.begin_twophase(None).await, INVALID, words);
        refused(conn.commit_prepared(give!("decided")).await, INVALID, words);
        refused(conn.rollback_prepared(give!("decided")).await, INVALID, words);
        assert!(tx.is_active(), "what was refused changes nothing");
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn undone(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for (prepare, close) in [(false, false), (false, true), (true, false), (true, true)] {
            let tx = begin(&conn, "undone").await?;
            insert(&conn, 1).await?;
            if prepare {
                tx.prepare().await?;
            }
            if close {
                tx.close().await?
            } else {
                tx.rollback().await?
            }
            assert!(!tx.is_active());
            assert_eq!(t.kept().await?, "");
            none_is_open(&conn).await?;
        }
        assert!(t.other.recover_twophase().await?.is_empty());
        Ok(())
    }

    async fn dropped(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "dropped").await?;
        insert(&conn, 1).await?;
        drop(tx);
        none_is_open(&conn).await?;
        assert_eq!(t.kept().await?, "");
        Ok(())
    }

    async fn with_its_connection(t: &mut Table) -> Result<()> {
        for prepare in [false, true] {
            let conn = t.acquire().await?;
            let tx = begin(&conn, "closed").await?;
            insert(&conn, 1).await?;
            if prepare {
                tx.prepare().await?;
            }
            conn.close().await?;
            assert!(!tx.is_active());
            refused(tx.commit().await, ErrorKind::ResourceClosed, "This connection is closed");
            tx.rollback().await?;
            assert!(t.other.recover_twophase().await?.is_empty());
            assert_eq!(t.kept().await?, "");
        }
        Ok(())
    }

    async fn ends_once(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for prepare in [false, true] {
            let tx = begin(&conn, "once").await?;
            insert(&conn, 1).await?;
            if prepare {
                tx.prepare().await?;
            }
            tx.commit().await?;
            refused(tx.commit().await, INVALID, INACTIVE);
            refused(tx.prepare().await, INVALID, INACTIVE);
            tx.rollback().await?;
            tx.close().await?;
            assert_eq!(t.kept().await?, "1");
        }
        none_is_open(&conn).await
    }

    async fn begins_anew(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for id in 0..2 {
            let tx = begin(&conn, "anew").await?;
            tx.prepare().await?;
            tx.commit().await?;
            assert_eq!(conn.transaction_state(), TransactionState::None);
            let root = conn.begin(PLAIN).await?;
            insert(&conn, id).await?;
            root.commit().await?;
            let root = conn.begin_nested().await?;
            insert(&conn, id + 10).await?;
            root.commit().await?;
        }
        assert_eq!(t.kept().await?, "0,1,10,11");
        Ok(())
    }

    async fn others_unprepared(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "other").await?;
        let (inner, savepoint) = (conn.begin(PLAIN).await?, conn.begin_nested().await?);
        insert(&conn, 1).await?;
        let words = "Only a two-phase transaction can be prepared";
        refused(inner.prepare().await, INVALID, words);
        refused(savepoint.prepare().await, INVALID, words);
        assert_eq!((inner.xid(), savepoint.xid()), (None, None));
        tx.commit().await?;
        let root = conn.begin(PLAIN).await?;
        refused(root.prepare().await, INVALID, words);
        root.commit().await?;
        assert_eq!(t.kept().await?, "1");
        Ok(())
    }

    async fn within_another(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let words = "Cannot start a two phase transaction when a transaction is already in progress.";
        for two_phase in [true, false] {
            let tx = if two_phase { begin(&conn, "outer").await? } else { conn.begin(PLAIN).await? };
            refused(begin(&conn, "inner").await, INVALID, words);
            let savepoint = conn.begin_nested().await?;
            refused(conn.begin_twophase(None).await, INVALID, words);
            insert(&conn, 1).await?;
            savepoint.commit().await?;
            tx.commit().await?;
            assert_eq!(t.kept().await?, "1");
        }
        none_is_open(&conn).await
    }

    async fn savepoints(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "savepoints").await?;
        insert(&conn, 1).await?;
        let savepoint = conn.begin_nested().await?;
        insert(&conn, 2).await?;
        savepoint.rollback().await?;
        let savepoint = conn.begin_nested().await?;
        insert(&conn, 3).await?;
        savepoint.commit().await?;
        tx.prepare().await?;
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1,3");
        none_is_open(&conn).await
    }

    async fn inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let dead = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
        let tx = begin(&conn, "inner").await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.rollback().await?;
        assert!(!tx.is_active());
        let words = "an inner transaction was rolled back";
        refused(insert(&conn, 2).await, dead.clone(), words);
        refused(tx.prepare().await, dead.clone(), words);
        refused(tx.commit().await, dead, words);
        tx.rollback().await?;
        assert_eq!(t.kept().await?, "");
        none_is_open(&conn).await
    }

    async fn prepare_ends_inner(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "within").await?;
        let (inner, savepoint) = (conn.begin(PLAIN).await?, conn.begin_nested().await?);
        insert(&conn, 1).await?;
        tx.prepare().await?;
        assert!(!inner.is_active() && !savepoint.is_active());
        refused(savepoint.commit().await, INVALID, INACTIVE);
        refused(inner.commit().await, INVALID, INACTIVE);
        savepoint.rollback().await?;
        inner.rollback().await?;
        drop((inner, savepoint));
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn schema_change(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "schema").await?;
        insert(&conn, 1).await?;
        refused_by_server(run(&conn, "CREATE TABLE made (id INT)").await, 1399);
        assert!(tx.is_active());
        insert(&conn, 2).await?;
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1,2");
        none_is_open(&conn).await
    }

    async fn without_changes(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for sql in ["DO 1", "SELECT * FROM t"] {
            let tx = begin(&conn, "nothing").await?;
            run(&conn, sql).await?;
            tx.prepare().await?;
            tx.commit().await?;
            none_is_open(&conn).await?;
        }
        Ok(())
    }

    /// A table of numbers, as others see it.
    struct Table {
        engine: Engine,
        other: wasmysql::Connection,
    }

    impl Table {
        async fn create() -> Result<Self> {
            let engine = create_engine(give!("main"), GRANTED).await?;
            let mut other = wasmysql::Engine::connect("main").await?.acquire().await?;
            other.execute("CREATE TABLE t (id INT PRIMARY KEY)", ()).await?;
            Ok(Self { engine, other })
        }

        async fn acquire(&self) -> Result<Connection> {
            Ok(self.engine.acquire().await?)
        }

        async fn sees(&mut self) -> Result<String> {
            let sql = "SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM t";
            self.other.query_scalar(sql, ()).await
        }

        /// What is committed. Afterwards the table is empty.
        async fn kept(&mut self) -> Result<String> {
            let kept = self.sees().await?;
            self.other.execute("DELETE FROM t", ()).await?;
            Ok(kept)
        }
    }

    async fn begin(conn: &Connection, xid: &str) -> Result<Transaction> {
        Ok(conn.begin_twophase(Some(give!(xid))).await?)
    }

    async fn insert(conn: &Connection, id: i32) -> Result<()> {
        run(conn, &format!("INSERT INTO t VALUES ({id})")).await
    }

    async fn run(conn: &Connection, sql: &str) -> Result<()> {
        conn.execute(give!(sql), give!([]), EXECUTE).await?;
        Ok(())
    }

    /// A two-phase transaction can be begun where no other is open.
    async fn none_is_open(conn: &Connection) -> Result<()> {
        conn.begin_twophase(None).await?.rollback().await?;
        assert_eq!(conn.transaction_state(), TransactionState::None);
        Ok(())
    }
}
