//! Savepoints (`begin_nested`) behave as in aiomysql.sa, without its defects.

#[wasmysql_macros::both_apis(include = "src/ids_table.rs")]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{AbortReason, ErrorKind, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, refused_by_server, rule};

    const INACTIVE: &str = "This transaction is inactive";

    pub(super) async fn main() -> Result<()> {
        let t = &mut Table::create().await?;
        rule("begin_nested without an open transaction begins one", the_outermost(t).await);
        rule("commit of a savepoint leaves its changes to the root", commit_keeps(t).await);
        rule("rollback and drop of a savepoint undo only its own changes", rollback_undoes(t).await);
        rule("close of a savepoint leaves its changes to the root, which stays active", close_leaves(t).await);
        rule("a savepoint is committed once, and accepts rollback and close after its end", ended_twice(t).await);
        rule("rollback of a savepoint undoes the changes before an error within it", an_error_within(t).await);
        rule("savepoints can be nested 30 deep", many_levels(t).await);
        rule("ending an outer savepoint ends the inner one", out_of_order(t).await);
        rule("commit of the root deactivates open savepoints", root_commit(t).await);
        rule("rollback of the root deactivates open savepoints", root_rollback(t).await);
        rule("rollback of an inner transaction rolls back to its enclosing savepoint", inner_rollback(t).await);
        rule("commit and close of an inner transaction do not affect the savepoint", inner_commit(t).await);
        rule("after a schema change every open handle reports the implicit commit", schema_change(t).await);
        rule("handles of savepoints may be dropped in any order", dropped_in_any_order(t).await);
        rule("a failed savepoint ends its transaction and frees the pool slot", lost(t).await);
        Ok(())
    }

    async fn the_outermost(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = conn.begin_nested().await?;
        insert(&conn, 1).await?;
        assert_eq!(t.visible_ids().await?, "");
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        let tx = conn.begin_nested().await?;
        insert(&conn, 1).await?;
        tx.close().await?;
        assert_eq!(t.take_ids().await?, "", "closing it rolls back");
        assert_no_transaction(&conn).await
    }

    async fn commit_keeps(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for commit in [true, false] {
            let (root, savepoint) = begin(&conn).await?;
            insert(&conn, 2).await?;
            savepoint.commit().await?;
            assert!(root.is_active() && !savepoint.is_active());
            assert_eq!(t.visible_ids().await?, "", "not committed yet");
            if commit {
                root.commit().await?
            } else {
                root.rollback().await?
            }
            assert_eq!(t.take_ids().await?, if commit { "1,2" } else { "" });
        }
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "1,3");
        assert_no_transaction(&conn).await
    }

    async fn close_leaves(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        savepoint.close().await?;
        assert!(root.is_active() && !savepoint.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        // The next savepoint is new, although the server still has the first savepoint.
        let next = conn.begin_nested().await?;
        insert(&conn, 3).await?;
        savepoint.rollback().await?;
        next.rollback().await?;
        insert(&conn, 4).await?;
        root.commit().await?;
        assert_eq!(t.take_ids().await?, "1,2,4");
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "1,2,4", "the second rollback does not undo later changes");
        assert_no_transaction(&conn).await
    }

    async fn an_error_within(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        refused_by_server(insert(&conn, 1).await, 1062);
        assert!(savepoint.is_active());
        savepoint.rollback().await?;
        root.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, kept.join(","));
        assert_no_transaction(&conn).await
    }

    async fn out_of_order(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for (action, kept) in [("commit", "1,2,3,4"), ("rollback", "1,4")] {
            let (root, outer) = begin(&conn).await?;
            insert(&conn, 2).await?;
            let inner = conn.begin_nested().await?;
            insert(&conn, 3).await?;
            if action == "commit" {
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
            assert_eq!(t.take_ids().await?, kept, "after {action}");
        }
        assert_no_transaction(&conn).await
    }

    async fn root_commit(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        root.commit().await?;
        ended_with_the_root(&conn, &savepoint).await?;
        assert_eq!(t.take_ids().await?, "1,2");
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
            assert_eq!(t.take_ids().await?, "");
        }
        Ok(())
    }

    async fn ended_with_the_root(conn: &Connection, savepoint: &Transaction) -> Result<()> {
        assert!(!savepoint.is_active());
        refused(savepoint.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        savepoint.rollback().await?;
        savepoint.close().await?;
        assert_no_transaction(conn).await
    }

    async fn inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let aborted = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
        let (root, savepoint) = begin(&conn).await?;
        insert(&conn, 2).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 3).await?;
        inner.rollback().await?;
        assert!(root.is_active() && !savepoint.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        refused(insert(&conn, 4).await, aborted.clone(), "an inner transaction was rolled back");
        refused(savepoint.commit().await, aborted, "an inner transaction was rolled back");
        savepoint.rollback().await?;
        insert(&conn, 5).await?;
        root.commit().await?;
        assert_eq!(t.take_ids().await?, "1,5");
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn schema_change(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let committed = ErrorKind::TransactionAborted(AbortReason::ImplicitCommit);
        let (root, savepoint) = begin(&conn).await?;
        run(&conn, "CREATE TABLE IF NOT EXISTS made (id INT)").await?;
        assert!(!root.is_active() && !savepoint.is_active());
        let message = "a statement of this transaction committed it";
        refused(insert(&conn, 2).await, committed.clone(), message);
        refused(savepoint.commit().await, committed.clone(), message);
        refused(savepoint.rollback().await, committed.clone(), message);
        refused(root.rollback().await, committed, message);
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn dropped_in_any_order(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for root_first in [true, false] {
            let (root, outer) = begin(&conn).await?;
            let inner = conn.begin_nested().await?;
            insert(&conn, 2).await?;
            let handles = if root_first { [root, outer, inner] } else { [inner, outer, root] };
            handles.into_iter().for_each(drop);
            assert_no_transaction(&conn).await?;
            assert_eq!(t.take_ids().await?, "");
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

    /// Begins a transaction, inserts 1, and begins a savepoint.
    async fn begin(conn: &Connection) -> Result<(Transaction, Transaction)> {
        let root = conn.begin(PLAIN).await?;
        insert(conn, 1).await?;
        Ok((root, conn.begin_nested().await?))
    }
}
