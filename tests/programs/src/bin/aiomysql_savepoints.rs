//! Savepoints as aiomysql.sa has them, without its defects: `begin_nested`.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{AbortReason, ErrorKind, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, refused_by_server, rule};

    const INACTIVE: &str = "This transaction is inactive";

    pub(super) async fn main() -> Result<()> {
        let t = &mut Table::create().await?;
        rule("begin_nested with none open begins a transaction", the_outermost(t).await);
        rule("a savepoint's commit keeps its work for the root to decide", commit_keeps(t).await);
        rule("a savepoint's rollback and drop undo its own work alone", rollback_undoes(t).await);
        rule("a savepoint's close leaves it: what it did is the root's, which goes on", close_leaves(t).await);
        rule("a savepoint is committed once; what has ended can be rolled back and closed", ended_twice(t).await);
        rule("an error within a savepoint is undone with it", an_error_within(t).await);
        rule("savepoints lie within each other, as deep as one likes", many_levels(t).await);
        rule("the outer savepoint may end first: the inner one ends with it", out_of_order(t).await);
        rule("the root may be committed over open savepoints, which are then inactive", root_commit(t).await);
        rule("the root may be rolled back over open savepoints, which are then inactive", root_rollback(t).await);
        rule("an inner transaction's rollback ends at the savepoint that it is in", inner_rollback(t).await);
        rule("an inner transaction's commit and close leave the savepoint as it is", inner_commit(t).await);
        rule("a schema change within a savepoint is told by all that were open", schema_change(t).await);
        rule("handles of savepoints may be dropped in any order", dropped_in_any_order(t).await);
        rule("a savepoint that fails leaves nothing broken, and the pool has its place back", lost(t).await);
        Ok(())
    }

    async fn the_outermost(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = conn.begin_nested().await?;
        insert(&conn, 1).await?;
        assert_eq!(t.sees().await?, "");
        tx.commit().await?;
        assert_eq!(t.kept().await?, "1");
        let tx = conn.begin_nested().await?;
        insert(&conn, 1).await?;
        tx.close().await?;
        assert_eq!(t.kept().await?, "", "its close is the root's");
        none_is_open(&conn).await
    }

    async fn commit_keeps(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for commit in [true, false] {
            let (root, savepoint) = begin(&conn).await?;
            insert(&conn, 2).await?;
            savepoint.commit().await?;
            assert!(root.is_active() && !savepoint.is_active());
            assert_eq!(t.sees().await?, "", "it is not committed yet");
            if commit {
                root.commit().await?
            } else {
                root.rollback().await?
            }
            assert_eq!(t.kept().await?, if commit { "1,2" } else { "" });
        }
        none_is_open(&conn).await
    }

    async fn rollback_undoes(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        savepoint.rollback().await?;
        assert!(root.is_active() && !savepoint.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        let savepoint = conn.begin_nested().await?;
        insert(&conn, 2).await?;
        drop(savepoint);
        insert(&conn, 3).await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1,3");
        none_is_open(&conn).await
    }

    async fn close_leaves(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        savepoint.close().await?;
        assert!(root.is_active() && !savepoint.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        // The next one is another, though the server still has the first.
        let next = conn.begin_nested().await?;
        insert(&conn, 3).await?;
        savepoint.rollback().await?;
        next.rollback().await?;
        insert(&conn, 4).await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1,2,4");
        none_is_open(&conn).await
    }

    async fn ended_twice(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        savepoint.commit().await?;
        refused(savepoint.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        savepoint.rollback().await?;
        savepoint.close().await?;
        let savepoint = conn.begin_nested().await?;
        insert(&conn, 3).await?;
        savepoint.rollback().await?;
        refused(savepoint.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        insert(&conn, 4).await?;
        savepoint.rollback().await?;
        savepoint.close().await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1,2,4", "what came after the rollback was not undone by the second");
        none_is_open(&conn).await
    }

    async fn an_error_within(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        refused_by_server(insert(&conn, 1).await, 1062);
        assert!(savepoint.is_active());
        savepoint.rollback().await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn many_levels(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let root = conn.begin(PLAIN).await?;
        let mut levels = Vec::new();
        for level in 0..30 {
            levels.push(conn.begin_nested().await?);
            insert(&conn, level).await?;
        }
        for (level, savepoint) in levels.iter().enumerate().rev() {
            match level {
                0..20 => savepoint.commit().await?,
                _ => savepoint.rollback().await?,
            }
        }
        root.commit().await?;
        let kept: Vec<_> = (0..20).map(|level| level.to_string()).collect();
        assert_eq!(t.kept().await?, kept.join(","));
        none_is_open(&conn).await
    }

    async fn out_of_order(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for (how, kept) in [("commit", "1,2,3,4"), ("rollback", "1,4")] {
            let (root, outer) = begin(&conn).await?;
            insert(&conn, 2).await?;
            let inner = conn.begin_nested().await?;
            insert(&conn, 3).await?;
            if how == "commit" {
                outer.commit().await?
            } else {
                outer.rollback().await?
            }
            assert!(root.is_active() && !outer.is_active() && !inner.is_active());
            refused(inner.commit().await, ErrorKind::InvalidRequest, INACTIVE);
            inner.rollback().await?;
            inner.close().await?;
            insert(&conn, 4).await?;
            root.commit().await?;
            assert_eq!(t.kept().await?, kept, "after {how}");
        }
        none_is_open(&conn).await
    }

    async fn root_commit(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        root.commit().await?;
        ended_with_the_root(&conn, &savepoint).await?;
        assert_eq!(t.kept().await?, "1,2");
        Ok(())
    }

    async fn root_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for close in [true, false] {
            let (root, savepoint) = begin(&conn).await?;
            insert(&conn, 2).await?;
            if close {
                root.close().await?
            } else {
                root.rollback().await?
            }
            ended_with_the_root(&conn, &savepoint).await?;
            assert_eq!(t.kept().await?, "");
        }
        Ok(())
    }

    async fn ended_with_the_root(conn: &Connection, savepoint: &Transaction) -> Result<()> {
        assert!(!savepoint.is_active());
        refused(savepoint.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        savepoint.rollback().await?;
        savepoint.close().await?;
        none_is_open(conn).await
    }

    async fn inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let dead = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 3).await?;
        inner.rollback().await?;
        assert!(root.is_active() && !savepoint.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        refused(insert(&conn, 4).await, dead.clone(), "an inner transaction was rolled back");
        refused(savepoint.commit().await, dead, "an inner transaction was rolled back");
        savepoint.rollback().await?;
        insert(&conn, 5).await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1,5");
        none_is_open(&conn).await
    }

    async fn inner_commit(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 2).await?;
        inner.commit().await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 3).await?;
        inner.close().await?;
        assert!(savepoint.is_active());
        savepoint.rollback().await?;
        root.commit().await?;
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn schema_change(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let committed = ErrorKind::TransactionAborted(AbortReason::ImplicitCommit);
        let (root, savepoint) = begin(&conn).await?;
        run(&conn, "CREATE OR REPLACE TABLE made (id INT)").await?;
        assert!(!root.is_active() && !savepoint.is_active());
        let words = "a statement of this transaction committed it";
        refused(insert(&conn, 2).await, committed.clone(), words);
        refused(savepoint.commit().await, committed.clone(), words);
        refused(savepoint.rollback().await, committed.clone(), words);
        refused(root.rollback().await, committed, words);
        assert_eq!(t.kept().await?, "1");
        none_is_open(&conn).await
    }

    async fn dropped_in_any_order(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for root_first in [true, false] {
            let (root, outer) = begin(&conn).await?;
            let inner = conn.begin_nested().await?;
            insert(&conn, 2).await?;
            let handles = if root_first { [root, outer, inner] } else { [inner, outer, root] };
            handles.into_iter().for_each(drop);
            none_is_open(&conn).await?;
            assert_eq!(t.kept().await?, "");
        }
        Ok(())
    }

    async fn lost(t: &mut Table) -> Result<()> {
        let one = wasmysql::Engine::connect("one").await?;
        let mut conn = one.acquire().await?;
        let mut tx = conn.begin().await?;
        let id: u64 = tx.query_scalar("SELECT CONNECTION_ID()", ()).await?;
        t.kill(id).await?;
        refused(tx.begin_nested().await, ErrorKind::ConnectionLost, "");
        assert!(!tx.is_active());
        tx.rollback().await?;
        conn.close().await?;
        one.acquire().await?.begin().await?.commit().await
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

        /// Has the server end a session.
        async fn kill(&mut self, id: u64) -> Result<()> {
            self.other.execute(format!("KILL {id}"), ()).await?;
            let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?";
            while self.other.query_scalar::<u32>(sql, (id,)).await? > 0 {}
            Ok(())
        }
    }

    /// A transaction in which 1 was inserted, and a savepoint after that.
    async fn begin(conn: &Connection) -> Result<(Transaction, Transaction)> {
        let root = conn.begin(PLAIN).await?;
        insert(conn, 1).await?;
        Ok((root, conn.begin_nested().await?))
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
