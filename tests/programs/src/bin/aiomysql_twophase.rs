//! Two-phase transactions as aiomysql.sa intends them. Its implementation can begin only one on
//! each connection, and can't recover any.

#[wasmysql_macros::both_apis(include = "src/ids_table.rs")]
mod program {
    use wasmysql::bindings::connection::{Connection, Transaction};
    use wasmysql::bindings::engine::{Engine, create_engine};
    use wasmysql::{AbortReason, ErrorKind, Result, TransactionState};
    use wasmysql_test_programs::{EXECUTE, GRANTED, PLAIN, refused, refused_by_server, rule};

    const INVALID: ErrorKind = ErrorKind::InvalidRequest;
    const INACTIVE: &str = "This transaction is inactive";

    pub(super) async fn main() -> Result<()> {
        let t = &mut Table::create().await?;
        rule("without prepare, commit takes one phase", one_phase(t).await);
        rule("a prepared transaction is active and can be committed", prepared(t).await);
        rule("a prepared transaction can only be ended: all other calls fail", only_decided(t).await);
        rule("rollback and close undo the changes, before and after prepare", undone(t).await);
        rule("drop before prepare undoes the changes", dropped(t).await);
        rule("closing the connection rolls it back, before and after prepare", with_its_connection(t).await);
        rule("after its end, commit fails, and rollback and close do nothing", ends_once(t).await);
        rule("afterwards the connection can begin any transaction, also with the same xid", begins_anew(t).await);
        rule("only a two-phase transaction can be prepared", others_unprepared(t).await);
        rule("a begin within a transaction fails, and that transaction stays open", within_another(t).await);
        rule("savepoints work within a two-phase transaction", savepoints(t).await);
        rule("an inner rollback ends a two-phase transaction", inner_rollback(t).await);
        rule("prepare ends inner transactions and savepoints", prepare_ends_inner(t).await);
        rule("a schema change fails with 1399, and the transaction stays open", schema_change(t).await);
        rule("a transaction without changes can be prepared and committed", without_changes(t).await);
        Ok(())
    }

    async fn one_phase(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "one phase").await?;
        insert(&conn, 1).await?;
        assert_eq!(t.visible_ids().await?, "");
        tx.commit().await?;
        assert!(!tx.is_active());
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn prepared(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "prepared").await?;
        insert(&conn, 1).await?;
        tx.prepare().await?;
        assert!(tx.is_active());
        assert_eq!(conn.transaction_state(), TransactionState::Open);
        assert_eq!(t.visible_ids().await?, "");
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn only_decided(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "decided").await?;
        insert(&conn, 1).await?;
        tx.prepare().await?;
        let message = "This transaction is prepared";
        refused(tx.prepare().await, INVALID, message);
        refused(insert(&conn, 2).await, INVALID, message);
        refused(conn.begin(PLAIN).await, INVALID, message);
        refused(conn.begin_nested().await, INVALID, message);
        refused(conn.begin_twophase(None).await, INVALID, message);
        refused(conn.commit_prepared(give!("decided")).await, INVALID, message);
        refused(conn.rollback_prepared(give!("decided")).await, INVALID, message);
        assert!(tx.is_active(), "refused calls change nothing");
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
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
            assert_eq!(t.take_ids().await?, "");
            assert_no_transaction(&conn).await?;
        }
        assert!(t.other.recover_twophase().await?.is_empty());
        Ok(())
    }

    async fn dropped(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "dropped").await?;
        insert(&conn, 1).await?;
        drop(tx);
        assert_no_transaction(&conn).await?;
        assert_eq!(t.take_ids().await?, "");
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
            assert_eq!(t.take_ids().await?, "");
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
            assert_eq!(t.take_ids().await?, "1");
        }
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "0,1,10,11");
        Ok(())
    }

    async fn others_unprepared(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "other").await?;
        let (inner, savepoint) = (conn.begin(PLAIN).await?, conn.begin_nested().await?);
        insert(&conn, 1).await?;
        let message = "Only a two-phase transaction can be prepared";
        refused(inner.prepare().await, INVALID, message);
        refused(savepoint.prepare().await, INVALID, message);
        assert_eq!((inner.xid(), savepoint.xid()), (None, None));
        tx.commit().await?;
        let root = conn.begin(PLAIN).await?;
        refused(root.prepare().await, INVALID, message);
        root.commit().await?;
        assert_eq!(t.take_ids().await?, "1");
        Ok(())
    }

    async fn within_another(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let message = "Cannot start a two phase transaction when a transaction is already in progress.";
        for two_phase in [true, false] {
            let tx = if two_phase { begin(&conn, "outer").await? } else { conn.begin(PLAIN).await? };
            refused(begin(&conn, "inner").await, INVALID, message);
            let savepoint = conn.begin_nested().await?;
            refused(conn.begin_twophase(None).await, INVALID, message);
            insert(&conn, 1).await?;
            savepoint.commit().await?;
            tx.commit().await?;
            assert_eq!(t.take_ids().await?, "1");
        }
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "1,3");
        assert_no_transaction(&conn).await
    }

    async fn inner_rollback(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let aborted = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
        let tx = begin(&conn, "inner").await?;
        let inner = conn.begin(PLAIN).await?;
        insert(&conn, 1).await?;
        inner.rollback().await?;
        assert!(!tx.is_active());
        let message = "an inner transaction was rolled back";
        refused(insert(&conn, 2).await, aborted.clone(), message);
        refused(tx.prepare().await, aborted.clone(), message);
        refused(tx.commit().await, aborted, message);
        tx.rollback().await?;
        assert_eq!(t.take_ids().await?, "");
        assert_no_transaction(&conn).await
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
        assert_eq!(t.take_ids().await?, "1");
        assert_no_transaction(&conn).await
    }

    async fn schema_change(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        let tx = begin(&conn, "schema").await?;
        insert(&conn, 1).await?;
        refused_by_server(run(&conn, "CREATE TABLE made (id INT)").await, 1399);
        assert!(tx.is_active());
        insert(&conn, 2).await?;
        tx.commit().await?;
        assert_eq!(t.take_ids().await?, "1,2");
        assert_no_transaction(&conn).await
    }

    async fn without_changes(t: &mut Table) -> Result<()> {
        let conn = t.acquire().await?;
        for sql in ["DO 1", "SELECT * FROM t"] {
            let tx = begin(&conn, "nothing").await?;
            run(&conn, sql).await?;
            tx.prepare().await?;
            tx.commit().await?;
            assert_no_transaction(&conn).await?;
        }
        Ok(())
    }

    async fn begin(conn: &Connection, xid: &str) -> Result<Transaction> {
        Ok(conn.begin_twophase(Some(give!(xid))).await?)
    }
}
