//! Root and inner transactions behave as in aiomysql.sa, without its defects.

#[wasmysql_macros::both_apis(include = "src/ids_table.rs")]
mod program {
    use wasmysql::bindings::connection::{Connection, TransactionOptions};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{AbortReason, ErrorKind, IsolationLevel, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, rule};

    const INACTIVE: &str = "This transaction is inactive";
    const INNER_ROLLBACK: ErrorKind = ErrorKind::TransactionAborted(AbortReason::InnerRollback);

    pub(super) async fn main() -> Result<()> {
        let t = &mut Table::create().await?;
        rule("begin starts a transaction, and commit makes its changes permanent", commit_keeps(t).await);
        rule("rollback, close and drop undo the changes", others_undo(t).await);
        rule("a second commit fails with: This transaction is inactive", a_second_commit(t).await);
        rule("rollback and close of an ended transaction do nothing", ended_twice(t).await);
        rule("a transaction works after the handle of its connection is dropped", without_its_connection(t).await);
        rule("an inner commit ends only the inner transaction", an_inner_commit(t).await);
        rule("closing an inner transaction leaves the outer one active", an_inner_close(t).await);
        rule("an inner rollback ends the whole transaction and deactivates every handle", an_inner_rollback(t).await);
        rule(
            "after an ignored inner rollback, calls fail and nothing is committed",
            an_ignored_inner_rollback(t).await,
        );
        rule("ending the outer transaction deactivates the inner one", the_outer_ends_first(t).await);
        rule("handles may be dropped in any order", dropped_in_any_order(t).await);
        rule("a failed begin starts no transaction", a_begin_that_fails(t).await);
        rule("a begin on a lost connection starts no transaction and frees the pool slot", a_lost_begin(t).await);
        rule("a lost connection ends its transaction and frees the pool slot", a_lost_connection(t).await);
        Ok(())
    }

    async fn commit_keeps(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        assert_eq!(conn.transaction_state(), TransactionState::None);
        let tx = conn.begin(PLAIN).await?;
        assert!(tx.is_active() && tx.xid().is_none());
        insert(&conn, 1).await?;
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        assert_eq!(t.visible_ids().await?, "", "not visible to other connections yet");
        tx.commit().await?;
        assert!(!tx.is_active());
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn others_undo(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for action in ["rollback", "close", "drop"] {
            let tx = conn.begin(PLAIN).await?;
            insert(&conn, 1).await?;
            match action {
                "rollback" => tx.rollback().await?,
                "close" => tx.close().await?,
                _ => drop(tx),
            }
            // The connection is in autocommit mode again.
            insert(&conn, 2).await?;
            assert_eq!(t.take_ids().await?, "2", "after {action}");
            assert_no_transaction(&conn).await?;
        }
        Ok(())
    }

    async fn a_second_commit(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        tx.commit().await?;
        refused(tx.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        let tx = conn.begin(PLAIN).await?;
        tx.rollback().await?;
        refused(tx.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        refused(tx.prepare().await, ErrorKind::InvalidRequest, INACTIVE);

        // The handle of an ended transaction does not affect the next transaction.
        let next = conn.begin(PLAIN).await?;
        refused(tx.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        tx.rollback().await?;
        drop(tx);
        insert(&conn, 1).await?;
        next.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn ended_twice(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        tx.commit().await?;
        tx.rollback().await?;
        tx.close().await?;
        let tx = conn.begin(PLAIN).await?;
        insert(&conn, 2).await?;
        tx.rollback().await?;
        tx.rollback().await?;
        tx.close().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn without_its_connection(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        drop(conn);
        assert!(tx.is_active());
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        Ok(())
    }

    async fn an_inner_commit(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let outer = conn.begin(PLAIN).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.commit().await?;
        assert!(outer.is_active() && !inner.is_active());
        refused(inner.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        assert_eq!(t.visible_ids().await?, "", "not committed yet");
        insert(&conn, 2).await?;
        outer.commit().await?;
        assert_eq!(t.take_ids().await?, "1,2");
        assert_no_transaction(&conn).await
    }

    async fn an_inner_close(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let outer = conn.begin(PLAIN).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.close().await?;
        inner.rollback().await?;
        drop(inner);
        assert!(outer.is_active());
        insert(&conn, 2).await?;
        outer.commit().await?;
        assert_eq!(t.take_ids().await?, "1,2");
        assert_no_transaction(&conn).await
    }

    async fn an_inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let outer = conn.begin(PLAIN).await?;
        let sibling = conn.begin(PLAIN).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.rollback().await?;
        assert!(!outer.is_active() && !sibling.is_active() && !inner.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::RolledBack);
        refused(inner.commit().await, ErrorKind::InvalidRequest, INACTIVE);
        refused(sibling.commit().await, INNER_ROLLBACK, "an inner transaction was rolled back");
        refused(outer.commit().await, INNER_ROLLBACK, "an inner transaction was rolled back");
        sibling.rollback().await?;
        outer.rollback().await?;
        assert_eq!(t.take_ids().await?, "");
        assert_no_transaction(&conn).await
    }

    async fn an_ignored_inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let outer = conn.begin(PLAIN).await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.rollback().await?;
        let message = "an inner transaction was rolled back, which also rolled back this transaction";
        refused(insert(&conn, 2).await, INNER_ROLLBACK, message);
        refused(conn.begin(PLAIN).await, INNER_ROLLBACK, message);
        refused(conn.begin_nested().await, INNER_ROLLBACK, message);
        refused(conn.begin_twophase(None).await, INNER_ROLLBACK, message);
        outer.close().await?;
        assert_eq!(t.take_ids().await?, "");
        assert_no_transaction(&conn).await
    }

    async fn the_outer_ends_first(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for commit in [true, false] {
            let outer = conn.begin(PLAIN).await?;
            let inner = conn.begin(PLAIN).await?;
            insert(&conn, 1).await?;
            if commit {
                outer.commit().await?
            } else {
                outer.rollback().await?
            }
            assert!(!inner.is_active());
            refused(inner.commit().await, ErrorKind::InvalidRequest, INACTIVE);
            inner.rollback().await?;
            inner.close().await?;
            assert_eq!(t.take_ids().await?, if commit { "1" } else { "" });
        }
        assert_no_transaction(&conn).await
    }

    async fn dropped_in_any_order(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for outer_first in [true, false] {
            let outer = conn.begin(PLAIN).await?;
            let inner = conn.begin(PLAIN).await?;
            insert(&conn, 1).await?;
            if outer_first {
                drop(outer);
                drop(inner);
            } else {
                drop(inner);
                drop(outer);
            }
            assert_no_transaction(&conn).await?;
            assert_eq!(t.take_ids().await?, "");
        }
        Ok(())
    }

    async fn a_begin_that_fails(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let impossible =
            TransactionOptions { isolation: Some(IsolationLevel::ReadCommitted), consistent_snapshot: true, ..PLAIN };
        refused(conn.begin(impossible).await, ErrorKind::Argument, "a consistent snapshot");
        assert_no_transaction(&conn).await?;
        let tx = conn.begin(PLAIN).await?;
        refused(conn.begin(impossible).await, ErrorKind::Argument, "an inner transaction takes no options");
        insert(&conn, 1).await?;
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn a_lost_begin(t: &mut Table) -> Result<()> {
        let one = wasmysql::Engine::connect("one").await?;
        for _ in 0..2 {
            let mut conn = one.acquire().await?;
            let id = conn.query_scalar("SELECT CONNECTION_ID()", ()).await?;
            t.kill(id).await?;
            refused(conn.begin().await, ErrorKind::ConnectionLost, "");
            assert!(conn.is_closed());
            assert_eq!(conn.transaction_state(), TransactionState::None);
            refused(conn.begin().await, ErrorKind::ResourceClosed, "This connection is closed");
            conn.close().await?;
        }
        one.acquire().await?.begin().await?.commit().await
    }

    async fn a_lost_connection(t: &mut Table) -> Result<()> {
        let one = wasmysql::Engine::connect("one").await?;
        let lost = ErrorKind::TransactionAborted(AbortReason::ConnectionLost);
        for action in ["commit", "rollback", "statement", "drop"] {
            let mut conn = one.acquire().await?;
            let mut tx = conn.begin().await?;
            tx.execute("INSERT INTO t VALUES (1)", ()).await?;
            let id = tx.query_scalar("SELECT CONNECTION_ID()", ()).await?;
            t.kill(id).await?;
            match action {
                "commit" => refused(tx.commit().await, ErrorKind::CommitUnknown, "COMMIT was sent"),
                "rollback" => refused(tx.rollback().await, ErrorKind::ConnectionLost, ""),
                "statement" => {
                    refused(tx.execute("DO 1", ()).await, ErrorKind::ConnectionLost, "");
                    assert!(!tx.is_active());
                    refused(tx.execute("DO 1", ()).await, lost.clone(), "the transaction's connection is closed");
                    refused(tx.begin_nested().await, lost.clone(), "the transaction's connection is closed");
                    tx.rollback().await?;
                    refused(conn.execute("DO 1", ()).await, ErrorKind::ResourceClosed, "This connection is closed");
                }
                _ => {
                    drop(tx);
                    refused(conn.execute("DO 1", ()).await, ErrorKind::ResourceClosed, "This connection is closed");
                }
            }
            conn.close().await?;
            one.execute("DO 1", ()).await?;
            assert_eq!(t.take_ids().await?, "", "after {action}");
        }
        Ok(())
    }
}
